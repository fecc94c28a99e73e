import type { MlFunctionName } from '../ml-function.js';
import type { Price, PriceTable } from '../options/budget-options.js';

/**
 * Comprehend: the first tier of its price list in US dollars (100 characters a unit, at least 3), as of November 2026.
 * SageMaker: 0, since endpoints are paid by the hour, whatever they are asked. Bedrock: no price, since each model has
 * its own, and what an answer costs is not known before; `prices` can name one.
 * Source: the price lists of Amazon Comprehend and Amazon SageMaker.
 */
export const defaultPrices: PriceTable = {
  'aws_comprehend.detect_sentiment': { '*': { usdPerUnit: 0.0001, unitCharacters: 100, leastUnits: 3 } },
  'aws_sagemaker.invoke_endpoint': { '*': { usdPerInput: 0 } },
};

/** The price in force for a function's endpoint, model or language; undefined where there is none. */
export function priceOf(prices: PriceTable, functionName: MlFunctionName, name: string): Price | undefined {
  const named = (table: PriceTable) => table[functionName]?.[name];
  const others = (table: PriceTable) => table[functionName]?.['*'];
  return named(prices) ?? others(prices) ?? others(defaultPrices);
}

/** US dollars for inputs that are sent to one endpoint, model or language; undefined where it has no price. */
export function costOfInputs(
  prices: PriceTable,
  functionName: MlFunctionName,
  name: string,
  inputs: readonly string[],
): number | undefined {
  const price = priceOf(prices, functionName, name);
  return (
    price &&
    costOf(
      price,
      inputs.map((input) => input.length),
    )
  );
}

/** US dollars for inputs of the given lengths in characters. */
export function costOf(price: Price, lengths: Iterable<number>): number {
  const { usdPerInput = 0, usdPerUnit = 0, unitCharacters = 1, leastUnits = 0 } = price;
  let usd = 0;
  for (const length of lengths) {
    usd += usdPerInput + usdPerUnit * Math.max(leastUnits, Math.ceil(length / unitCharacters));
  }
  return usd;
}

import { numberFrom, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';
import { mlFunctionNames } from '../ml-function.js';

/** Bounds on what is spent. The first request that would exceed one of them is refused before it is sent. */
export const budgetLimits = v.strictObject({
  /** Requests, each counted once, however often it is retried. */
  maxRequests: v.optional(wholeNumber(0)),
  /** Distinct inputs sent. */
  maxInputs: v.optional(wholeNumber(0)),
  /** US dollars by the price table. What has no price cannot be sent under such a bound. */
  maxCostUsd: v.optional(numberFrom(0)),
});

export interface BudgetLimits extends Readonly<v.InferInput<typeof budgetLimits>> {}

/** What an input costs: a fixed part, and a part by its length in units of characters. */
const price = v.strictObject({
  /** US dollars for each input. Default 0. */
  usdPerInput: v.optional(numberFrom(0)),
  /** US dollars for each unit. Default 0. */
  usdPerUnit: v.optional(numberFrom(0)),
  /** Characters of a unit; one that is begun counts as a whole one. Default 1. */
  unitCharacters: v.optional(wholeNumber(1)),
  /** Units that a shorter input is charged for. Default 0. */
  leastUnits: v.optional(wholeNumber(0)),
});

export interface Price extends Readonly<v.InferInput<typeof price>> {}

const pricesByName = v.record(v.string(), price, 'prices by the name of an endpoint or model, "*" for all others');

const priceTable = v.strictObject(v.entriesFromList(mlFunctionNames, v.optional(pricesByName)));

/** Prices by function, and by the name of an endpoint or model within it; `*` is for those that are not named. */
export interface PriceTable extends Readonly<v.InferInput<typeof priceTable>> {}

/** What the budgets of statements have in common. */
export const budgetOptions = v.strictObject({
  /** Bounds on what all statements together send, from the first to the last. Default: none. */
  budget: v.optional(budgetLimits),
  /** Bounds on what each statement sends. Default: none. */
  statementBudget: v.optional(budgetLimits),
  /**
   * Prices for `maxCostUsd`, by function and by endpoint or model; they go before the built-in ones. Default: Comprehend's
   * price list; SageMaker free of charge.
   */
  prices: v.optional(priceTable),
});

export interface BudgetOptions extends Readonly<v.InferInput<typeof budgetOptions>> {}

import { SIMPLE_PREDICTIONS } from './built-in.js';
import { csvEndpoint } from './csv-endpoint.js';
import type { BuiltInEndpoint, Endpoint, EndpointConfig, EndpointContext } from './endpoint.js';
import { proxyEndpoint } from './proxy.js';
import { randomCutForest } from './random-cut-forest.js';
import { tablePrediction } from './table.js';

/** Makes an endpoint of its configuration. Throws an Error that names the endpoint when it makes no sense. */
export function resolveEndpoint(config: EndpointConfig, context: EndpointContext): Endpoint {
  const { name } = context;
  if (typeof config === 'string') return builtIn({ builtIn: config }, context);
  if ('predict' in config) return csvEndpoint(name, config.predict, config.layout);
  if ('table' in config) return csvEndpoint(name, tablePrediction(config, context), config.layout);
  if ('proxy' in config) return proxyEndpoint(name, config.proxy);
  if ('builtIn' in config) return builtIn(config, context);
  throw new Error(`endpoint ${name}: expected predict, table, proxy or builtIn`);
}

function builtIn(config: BuiltInEndpoint, context: EndpointContext): Endpoint {
  if (config.builtIn === 'random-cut-forest') {
    return csvEndpoint(context.name, randomCutForest(config, context), config.layout);
  }
  const predict = Object.hasOwn(SIMPLE_PREDICTIONS, config.builtIn) ? SIMPLE_PREDICTIONS[config.builtIn] : undefined;
  if (predict === undefined) throw new Error(`endpoint ${context.name}: no built-in is called ${config.builtIn}`);
  return csvEndpoint(context.name, predict, config.layout);
}

import { createRequire } from 'node:module';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** The spans that have ended. */
export const exporter = new InMemorySpanExporter();
export const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const instrumentation = new PgInstrumentation({ enhancedDatabaseReporting: true });
instrumentation.setTracerProvider(provider);

// It patches pg as it is required: this has to come before everything else that loads it.
createRequire(import.meta.url)('pg');

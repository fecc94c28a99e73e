import { metrics, type Span, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

const spanExporter = new InMemorySpanExporter();
const tracerProvider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 })],
});

/** Registers the real SDK for the process, with exporters in memory. */
export function registerTelemetry(): void {
  tracerProvider.register();
  metrics.setGlobalMeterProvider(meterProvider);
}

/** Forgets what was recorded so far. */
export async function resetTelemetry(): Promise<void> {
  await measured();
  spanExporter.reset();
}

export const finishedSpans = (): ReadableSpan[] => spanExporter.getFinishedSpans();

/** What was measured since the last time. */
export async function measured(): Promise<MetricData[]> {
  metricExporter.reset();
  await meterProvider.forceFlush();
  return metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
}

/** Runs a program within a span of the application. */
export async function inSpan<T>(name: string, program: (span: Span) => Promise<T>): Promise<T> {
  return trace.getTracer('application').startActiveSpan(name, async (span) => {
    try {
      return await program(span);
    } finally {
      span.end();
    }
  });
}

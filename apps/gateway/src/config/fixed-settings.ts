import type { Config } from './schema.js';

/** What a running process cannot change. */
const FIXED: Readonly<Record<string, (config: Config) => unknown>> = {
  'server.host': ({ server }) => server.host,
  'server.port': ({ server }) => server.port,
  'server.headersTimeoutMs': ({ server }) => server.headersTimeoutMs,
  'server.requestTimeoutMs': ({ server }) => server.requestTimeoutMs,
  'server.maxConnectionsPerAddress': ({ server }) => server.maxConnectionsPerAddress,
  'server.workers': ({ server }) => server.workers,
  'ledger.durability': ({ ledger }) => ledger.durability,
  'limits.store': ({ limits }) => limits.store,
  'idempotency.maxBytes': ({ idempotency }) => idempotency.maxBytes,
  'telemetry.metrics.enabled': ({ telemetry }) => telemetry.metrics.enabled,
};

/** The settings of `wanted` that differ from those of the start and that only a restart brings about. */
export function needingRestart(started: Config, wanted: Config): readonly string[] {
  return Object.keys(FIXED).filter((name) => FIXED[name]?.(started) !== FIXED[name]?.(wanted));
}

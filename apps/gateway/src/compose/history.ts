import { randomBytes } from 'node:crypto';
import type { History } from '@sluice/contract';
import { createRedaction } from '@sluice/guards';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { createSealer } from '@sluice/toolkit';
import type { Config } from '../config/schema.js';
import type { Policy } from '../history/capture.js';
import { RequestHistory } from '../history/request-history.js';
import { toRedaction } from '../history/settings.js';
import type { HistorySettings } from '../history/settings.js';
import { systemClock } from '../system-clock.js';

export interface HistoryParts {
  readonly store: Pick<SqliteStore, 'history'>;
  readonly telemetry: Pick<ProcessTelemetry, 'counter'> & { readonly log: Pick<ProcessTelemetry['log'], 'error'> };
  readonly vault: { scrub(text: string): string };
  /** The data directory's secret, of which the key that seals comes. */
  readonly secret: string;
}

/** What outlives every configuration. */
export function openHistory({ store, telemetry, vault, secret }: HistoryParts): RequestHistory {
  const history = new RequestHistory({
    repository: store.history,
    clock: systemClock,
    sealer: createSealer({ root: secret, purpose: 'request-history', random: randomBytes }),
    scrub: vault.scrub,
    onError: (cause) => telemetry.log.error('request history failed', { err: cause }),
  });
  telemetry.counter(
    'sluice_history_dropped_total',
    'Requests whose bodies were to be kept and are not, for want of room or because they could not be written.',
    () => history.dropped,
  );
  return history;
}

/** What one configuration keeps; nothing where it keeps nothing. */
export function composeHistory(
  { history: common, models }: Pick<Config, 'history' | 'models'>,
  history: RequestHistory,
): History | undefined {
  const own = new Map(
    Object.entries(models).flatMap(([name, alias]) =>
      alias.history ? [[name, toPolicy({ ...common, ...alias.history })] as const] : [],
    ),
  );
  const others = toPolicy(common);
  if (!others && [...own.values()].every((policy) => policy === undefined)) return undefined;
  return history.under((model) => (own.has(model) ? own.get(model) : others));
}

function toPolicy({ bodies, retention, maxBytes, redact }: HistorySettings): Policy | undefined {
  if (bodies === 'off') return undefined;
  return { bodies, retentionMs: retention, maxBytes, redact: createRedaction(toRedaction(redact)) };
}

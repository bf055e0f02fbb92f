import type { Guards, ModerationVerdict, Provider, Transport } from '@sluice/contract';
import { createGuards } from '@sluice/guards';
import type { Report } from '@sluice/guards';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Config } from '../config/schema.js';
import { createSecretReader } from '../config/secrets.js';
import type { SecretPlace } from '../config/secrets.js';
import { systemClock } from '../system-clock.js';
import { sendWhole } from './providers.js';
import type { OpenProvider } from './providers.js';

export interface GuardsPlace {
  readonly providers: ReadonlyMap<string, OpenProvider>;
  readonly transport: Transport;
  readonly place: SecretPlace;
  readonly telemetry: Pick<ProcessTelemetry, 'log'>;
  readonly report: Report;
}

/** The guards of a configuration; nothing where it has none. */
export function composeGuards(
  { guards }: Pick<Config, 'guards'>,
  { providers, transport, place, telemetry, report }: GuardsPlace,
): Guards | undefined {
  return createGuards(guards, {
    clock: systemClock,
    secret: createSecretReader(place),
    send: (request, signal) => sendWhole(transport, request, signal),
    moderate: ({ provider, model, texts }, signal) => {
      const found = providers.get(provider)?.provider;
      if (!found) throw new Error(`There is no provider "${provider}".`);
      return moderate(found, { provider, model, texts, transport }, signal);
    },
    report,
    onFailure: (guard, err) => telemetry.log.warn('a guard could not judge', { guard, err }),
  });
}

interface Moderated {
  /** The operator's name for the provider. */
  readonly provider: string;
  readonly model: string;
  readonly texts: readonly string[];
  readonly transport: Transport;
}

async function moderate(
  provider: Provider,
  { provider: name, model, texts, transport }: Moderated,
  signal: AbortSignal,
): Promise<readonly ModerationVerdict[]> {
  const { moderation } = provider.operations;
  if (!moderation) throw new Error(`The provider "${name}" does not moderate.`);
  const target = { provider: name, model, baseUrl: provider.baseUrl };
  const inputs = texts.map((text) => [{ type: 'text', text } as const]);
  const request = await provider.authorize(moderation.encode({ inputs }, target).request, signal);
  const { head, body } = await sendWhole(transport, request, signal);
  if (head.status < 200 || head.status > 299) throw provider.classify({ stage: 'status', head, body });
  return moderation.decode(body, head, target).verdicts;
}

/** Counts what guards do, through every reload. */
export function createGuardReport(telemetry: Pick<ProcessTelemetry, 'counter'>): Report {
  const counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();
  telemetry.counter('sluice_guard_verdicts_total', 'What guards did with requests and answers.', () =>
    [...counts.values()].map(({ labels, value }) => [labels, value] as const),
  );
  return ({ guard, on, verdict }) => {
    const name = `${guard} ${on} ${verdict}`;
    const known = counts.get(name);
    if (known) known.value += 1;
    else counts.set(name, { labels: { guard, on, verdict }, value: 1 });
  };
}

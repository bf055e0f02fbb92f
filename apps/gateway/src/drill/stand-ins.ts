import type { SecretRef } from '@sluice/contract';
import { faultRule, startSimulator } from '@sluice/simulator';
import type { FaultRule, Script, Simulator } from '@sluice/simulator';
import { createPooledProvider } from '../compose/pooled-provider.js';
import type { PooledProvider } from '../compose/pooled-provider.js';
import { providerDefinitions } from '../config/definitions.js';
import type { ProviderSettings, Providers } from '../config/schema.js';
import type { DrillClock } from './drill-clock.js';
import { toStandIn } from './stand-in-settings.js';

/** The simulator in the place of one provider. */
export interface StandIn {
  readonly name: string;
  readonly kind: string;
  /** Speaks another API than the provider does. */
  readonly isOther: boolean;
  readonly origin: string;
  readonly provider: PooledProvider;
  /** What it does wrong from now on. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Requests whose exchange is not over. */
  openExchanges(): number;
}

export interface StandIns extends AsyncDisposable {
  readonly all: ReadonlyMap<string, StandIn>;
}

/** Until the first token of a healthy answer. */
const FIRST_TOKEN_MS = 400;
/** Between two of its tokens. */
const TOKEN_MS = 20;

/** What every stand-in says: sixty tokens of four characters, so that an answer which lacks any is told from a whole one. */
export const ANSWER = [
  'The pump of the old mill ran dry, so they dug a new well in the dell. ',
  'It took ten men, two oxen and a long week of rain; when the last bit of rock gave way, ',
  'clear water rose by the hour, and the town drank its fill. So it was told to us all',
].join('');

const SCRIPT: Script = { models: ['*'], turns: [{ text: ANSWER }] };

/** A provider in good health speaks at the pace of a usual model. */
const HEALTHY: readonly FaultRule[] = [
  { fault: { kind: 'pace', ms: TOKEN_MS } },
  { fault: { kind: 'slow-headers', ms: FIRST_TOKEN_MS } },
].map((rule) => faultRule.parse(rule));

/** Starts a stand-in for each provider. They wait by `clock`. */
export async function startStandIns(providers: Providers, clock: DrillClock): Promise<StandIns> {
  const running: Simulator[] = [];
  const close = async (): Promise<void> => void (await Promise.all(running.map((simulator) => simulator.close())));
  try {
    const all = new Map<string, StandIn>();
    for (const [name, entry] of Object.entries(providers)) {
      const simulator = await startSimulator({ ...EASY, clock, scripts: { drill: SCRIPT }, faults: HEALTHY });
      running.push(simulator);
      all.set(name, standIn(name, entry, { clock, simulator }));
    }
    return { all, [Symbol.asyncDispose]: close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Whatever the operator's models are called, and whatever they would refuse: a drill is about bad days, not bad requests. */
const EASY = { strict: false, anyModel: true } as const;

interface Place {
  readonly clock: DrillClock;
  readonly simulator: Simulator;
}

function standIn(name: string, entry: ProviderSettings, { clock, simulator }: Place): StandIn {
  const { settings, isOther } = toStandIn(entry, simulator.url);
  const definition = providerDefinitions(() => Promise.resolve(new URL(simulator.url))).find(
    ({ kind }) => kind === settings.kind,
  );
  if (!definition) throw new Error(`There is no provider kind "${settings.kind}".`);
  const provider = createPooledProvider(definition, settings, {
    clock,
    secret: (ref: SecretRef) => Promise.resolve('env' in ref ? ref.env : ref.file),
    send: () => Promise.reject(new Error('A stand-in has nobody to ask.')),
  });
  return {
    name,
    kind: entry.kind,
    isOther,
    origin: new URL(simulator.url).origin,
    provider,
    setFaults: (rules) => simulator.setFaults([...HEALTHY, ...rules]),
    openExchanges: () => simulator.requests.filter(({ closedAtMs }) => closedAtMs === undefined).length,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { startLoad } from './even-load.js';
import type { CallSeen, EvenLoad } from './even-load.js';
import { startGatewayProcess } from './gateway.js';
import type { ProcessGateway } from './gateway.js';
import { startProvider } from './provider-process.js';
import type { ProviderProcess } from './provider-process.js';

export interface KillPlan {
  /** Calls a second. */
  readonly rate: number;
  /** All of it. */
  readonly seconds: number;
  /** How many of the three providers are killed. */
  readonly kills: 1 | 3;
  /** From the kill to the return. */
  readonly awaySeconds: number;
}

export interface KillReport extends AsyncDisposable {
  readonly gateway: ProcessGateway;
  readonly calls: readonly CallSeen[];
  readonly killedAtMs: number;
  /** When the killed ones took connections again. */
  readonly backAtMs: number;
  readonly endedAtMs: number;
}

/**
 * A gateway in a process of its own, in front of three providers in theirs, which share the load; some of them are killed
 * and come back, and then the load goes on.
 */
export async function killProviders(plan: KillPlan): Promise<KillReport> {
  await using stack = new AsyncDisposableStack();
  const providers = [0, 1, 2].map(async () => stack.use(await startProvider()));
  const gateway = stack.use(await startGatewayProcess(configOf(await Promise.all(providers))));
  const load = startLoad({ url: gateway.url, key: gateway.key, rate: plan.rate });
  stack.defer(async () => void (await load.stop()));
  const killed = await Promise.all(providers.slice(0, plan.kills));
  const { killedAtMs, backAtMs } = await killAndReturn(plan, load, { killed, stack });
  await sleep(Math.max(0, plan.seconds * 1_000 - load.nowMs));
  await untilEnough(load, plan.rate, backAtMs);
  const calls = await load.stop();
  const kept = stack.move();
  const endedAtMs = load.nowMs;
  return { gateway, calls, killedAtMs, backAtMs, endedAtMs, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A busy machine sends fewer calls in a second: those of six seconds in all, of one of them from a second after the return. */
async function untilEnough({ seen }: EvenLoad, rate: number, backAtMs: number): Promise<void> {
  const steady = (): number => seen.filter(({ sentAtMs }) => sentAtMs > backAtMs + 1_000).length;
  await expect.poll(() => [seen.length > 6 * rate, steady() > rate], { interval: 20 }).toEqual([true, true]);
}

async function killAndReturn(
  { seconds, awaySeconds }: KillPlan,
  load: EvenLoad,
  { killed, stack }: { readonly killed: readonly ProviderProcess[]; readonly stack: AsyncDisposableStack },
): Promise<Pick<KillReport, 'killedAtMs' | 'backAtMs'>> {
  await sleep(Math.min(2_000, seconds * 250));
  const killedAtMs = load.nowMs;
  await Promise.all(killed.map((provider) => provider.kill()));
  await sleep(awaySeconds * 1_000);
  await Promise.all(killed.map(async ({ port }) => stack.use(await startProvider(port))));
  return { killedAtMs, backAtMs: load.nowMs };
}

function configOf(providers: readonly ProviderProcess[]) {
  const entries = providers.map(({ url }, index) => [`p${index}`, { kind: 'openai-compatible' as const, baseUrl: `${url}/v1` }]);
  const targets = providers.map((_, index) => ({ provider: `p${index}`, model: 'm' }));
  const timeouts = { connectMs: 1_000, firstTokenMs: 2_000, idleMs: 2_000 };
  return {
    providers: Object.fromEntries(entries) as Record<string, { kind: 'openai-compatible'; baseUrl: string }>,
    models: { fast: { strategy: 'weighted' as const, targets, timeouts } },
  };
}

/** Calls of which nothing had come, and which failed all the same. */
export function failedEarly({ calls }: KillReport): readonly CallSeen[] {
  return calls.filter(({ isWhole, hadContent }) => !isWhole && !hadContent);
}

/** From the return to the first answer of one that had been killed. */
export function firstSuccessMs({ calls, killedAtMs, backAtMs }: KillReport, names: readonly string[]): number {
  const answered = calls
    .filter(({ sentAtMs, isWhole, provider }) => isWhole && names.includes(provider ?? '') && sentAtMs > killedAtMs + 500)
    .map(({ sentAtMs, tookMs }) => sentAtMs + tookMs);
  return Math.min(...answered) - backAtMs;
}

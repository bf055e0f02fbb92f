import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.js';
import type { Child } from './child.js';

export type TargetName = 'direct' | 'pass-through' | 'sluice';
export const TARGETS: readonly TargetName[] = ['direct', 'pass-through', 'sluice'];

/** Something that answers the loads. */
export interface Target {
  readonly name: TargetName;
  readonly port: number;
  /** Sent as bearer token; those that check none get one of the same length. */
  readonly token: string;
  /** The process whose cost is measured; none for `direct`. */
  readonly pid?: number;
}
export interface Field {
  readonly mockPid: number;
  readonly targets: readonly Target[];
  stop(): Promise<void>;
}

const ANY_TOKEN = `sk-sluice-${'x'.repeat(43)}`;
const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const GATEWAY = path('../../../apps/gateway/dist/main.js');

interface Site {
  readonly upstream: Child;
  /** Options for the gateway's Node. */
  readonly nodeArgs: readonly string[];
  /** What to do at the end, last thing first. */
  readonly cleanups: (() => unknown)[];
}

const START: Record<TargetName, (site: Site) => Promise<Target>> = {
  direct: async ({ upstream }) => ({ name: 'direct', port: upstream.port, token: ANY_TOKEN }),
  'pass-through': async (site) => {
    const { port, pid } = await startOn(site, [path('./pass-through.mjs'), `http://127.0.0.1:${site.upstream.port}`]);
    return { name: 'pass-through', port, pid, token: ANY_TOKEN };
  },
  sluice: startSluice,
};

/** Starts the mock upstream and what stands before it. */
export async function startField(names: readonly TargetName[], nodeArgs: readonly string[] = []): Promise<Field> {
  const cleanups: Site['cleanups'] = [];
  const stop = async (): Promise<void> => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    const upstream = await startChild(['--import', import.meta.resolve('tsx'), path('./mock-upstream.ts')]);
    cleanups.push(upstream.stop);
    const targets: Target[] = [];
    for (const name of names) targets.push(await START[name]({ upstream, nodeArgs, cleanups }));
    return { mockPid: upstream.pid, targets, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startOn(site: Site, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Child> {
  const child = await startChild(args, env);
  site.cleanups.push(child.stop);
  return child;
}

/** The gateway as an operator runs it: key check, alias, ledger, log line and metrics all on. */
async function startSluice(site: Site): Promise<Target> {
  if (!existsSync(GATEWAY)) throw new Error(`There is no ${GATEWAY}: build the gateway first.`);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  site.cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'sluice.yaml');
  writeFileSync(config, configFor(`http://127.0.0.1:${site.upstream.port}/v1`));
  const adminKey = randomBytes(32).toString('hex');
  const { port, pid } = await startOn(site, [...site.nodeArgs, GATEWAY, 'start', '--port', '0', '--config', config], {
    NODE_ENV: 'production',
    SLUICE_DATA_DIR: join(folder, 'data'),
    SLUICE_ADMIN_KEY: adminKey,
    BENCH_PROVIDER_KEY: 'sk-provider-0123456789',
  });
  return { name: 'sluice', port, pid, token: await createKey(port, adminKey) };
}

const configFor = (baseUrl: string): string => `
providers:
  mock: { kind: openai, baseUrl: "${baseUrl}", apiKey: { env: BENCH_PROVIDER_KEY } }
models:
  bench: { targets: [{ provider: mock, model: bench-model }] }
`;

async function createKey(port: number, adminKey: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/admin/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench' }),
  });
  if (answer.status !== 201) throw new Error(`no key was made: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { key: string }).key;
}

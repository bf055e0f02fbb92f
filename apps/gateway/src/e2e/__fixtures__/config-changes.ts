import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { timed } from '@sluice/testkit';
import { expect } from 'vitest';
import { ADMIN_KEY } from '../../__fixtures__/admin-key.js';
import { attachTo } from './gateway.js';
import type { ProcessGateway } from './gateway.js';
import { shell, startProcess } from './process.js';
import type { SluiceProcess } from './process.js';
import { startTraffic } from './traffic.js';
import type { Traffic } from './traffic.js';

/** From the change of the file to the first answer under it. */
const LIVE_WITHIN_MS = 1_000;

/**
 * One version. From one to the next the provider that serves is another one under another name, limits and timeouts are
 * others, and an alias comes or goes: what is in flight has lost its provider.
 */
export function configOf(number: number): string {
  const serving = `sim${number % 3}`;
  const target = { provider: serving, model: 'pace-10' };
  return JSON.stringify({
    providers: { [serving]: { kind: 'sim' } },
    limits: { profiles: { default: { requestsPerMinute: 100_000 + number } } },
    models: {
      fast: { targets: [target], timeouts: { totalMs: 60_000 + number } },
      ...(number % 2 === 0 ? {} : { other: { targets: [target] } }),
    },
  });
}

/** A gateway in a process of its own with a file that changes. */
export interface ChangingGateway extends AsyncDisposable {
  readonly path: string;
  readonly served: ProcessGateway;
  readonly sluice: SluiceProcess;
  traffic(rate: number): Traffic;
  version(): Promise<string>;
  /** What `POST /admin/v1/config/reload` answers. */
  reload(): Promise<Response>;
  metric(name: string): Promise<number>;
}

export async function startChanging(cwd: string): Promise<ChangingGateway> {
  const path = join(cwd, 'sluice.yaml');
  writeFileSync(path, configOf(0));
  const sluice = startProcess({ cwd, env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
  const served = await attachTo(sluice, { cwd });
  const { url } = served;
  const headers = { 'x-api-key': ADMIN_KEY };
  const text = async (route: string): Promise<string> => (await fetch(url + route, { headers })).text();
  return {
    path,
    served,
    sluice,
    traffic: (rate) => startTraffic({ url, key: ADMIN_KEY, rate, model: 'fast' }),
    version: async () => (JSON.parse(await text('/admin/v1/config')) as { version: string }).version,
    reload: () => fetch(`${url}/admin/v1/config/reload`, { method: 'POST', headers }),
    metric: async (name) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(await text('/metrics'))?.[1]),
    [Symbol.asyncDispose]: () => sluice[Symbol.asyncDispose](),
  };
}

/** Every way in which a change reaches the gateway. */
const WAYS: readonly ((gateway: ChangingGateway, text: string) => unknown)[] = [
  ({ path }, text) => writeFileSync(path, text),
  ({ path, reload }, text) => {
    writeFileSync(path, text);
    return reload();
  },
  ({ path }, text) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  },
  ({ path, sluice }, text) => {
    writeFileSync(path, text);
    sluice.signal('SIGHUP');
  },
];

/**
 * Changes the configuration so many times, in every way in turn: each change is live, and has answered calls of the traffic,
 * before the next, and each way was quick enough at the best of its times, for the machine may be busy with something else.
 */
export async function changeTimes(gateway: ChangingGateway, traffic: Traffic, times: number): Promise<void> {
  const quickestMs = new Map<unknown, number>();
  let version = await gateway.version();
  for (let number = 1; number <= times; number += 1) {
    await expect.poll(() => traffic.hasSeen(version), { interval: 20 }).toBe(true);
    const before = version;
    const way = WAYS[number % WAYS.length];
    const { tookMs } = await timed(async () => {
      await way?.(gateway, configOf(number));
      const now = async (): Promise<string> => (version = await gateway.version());
      await expect.poll(now, { interval: 20 }).not.toBe(before);
    });
    quickestMs.set(way, Math.min(tookMs, quickestMs.get(way) ?? Infinity));
    await sleep(200);
  }
  await expect.poll(() => traffic.hasSeen(version), { interval: 20 }).toBe(true);
  expect(Math.max(...quickestMs.values())).toBeLessThan(LIVE_WITHIN_MS);
}

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((name, at) => {
  const before = 'abcdefghi'[at];
  return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
})].join('\n');

const models = (alias: string): string => `providers: {sim: {kind: sim}}\nmodels: ${alias}`;
const write = (text: string | Uint8Array) => (path: string) => writeFileSync(path, text);
const large = (bytes: number) => (path: string) => {
  writeFileSync(path, '#');
  truncateSync(path, bytes);
};

/** A file in the place of the configuration that cannot serve, by what is wrong with it. Nothing stands there before. */
export const CORRUPT: Readonly<Record<string, (path: string) => unknown>> = {
  'K-01 an empty file': write(''),
  'K-02 no YAML': write('{{{'),
  'a list': write('- server'),
  'a mere word': write('server'),
  'K-04 a key twice': write('server: {}\nserver: {}'),
  'K-05 an alias twice': write(models('{fast: {targets: []}, fast: {targets: []}}')),
  'K-07 anchors that multiply': write(bomb),
  'K-08 a tag of JavaScript': write('server: !!js/function "() => 1"'),
  'a tag of Python': write('server: !!python/object:os.system {}'),
  'K-10 five megabytes': large(5_242_880),
  'fifty megabytes': large(52_428_800),
  'K-11 a variable that is not set': write('providers: {up: {kind: openai, apiKey: {env: NOT_SET}}}'),
  'K-13 NUL bytes': write('server: {}\n\0\0\0'),
  'K-13 another encoding': write(Buffer.from('server: {}', 'utf16le')),
  'half a file': write(configOf(1).slice(0, 60)),
  'no file': () => undefined,
  'a link that leads nowhere': (path) => symlinkSync('nowhere', path),
  'K-14 a link to itself': (path) => symlinkSync('sluice.yaml', path),
  'K-14 a directory': (path) => mkdirSync(path),
  'K-14 a pipe': (path) => shell(`mkfifo '${path}'`),
  'K-14 a device without end': (path) => symlinkSync('/dev/zero', path),
  'an unknown setting': write('serve: {}'),
  'K-25 a plugin from elsewhere': write('plugins: [../plugin.js]'),
  'K-22 algorithms of two kinds': write(
    'auth: {jwt: [{issuer: a, audience: b, jwksUrl: "https://a.test", algorithms: [HS256, RS256]}]}',
  ),
  'K-22 no algorithm': write('auth: {jwt: [{issuer: a, audience: b, jwksUrl: "https://a.test", algorithms: [none]}]}'),
  'K-23 an admin API without a key': write('server: {host: 0.0.0.0}\nauth: {enabled: false}'),
  'an unknown kind': write('providers: {up: {kind: none}}'),
  'a provider that is not there': write(models('{fast: {targets: [{provider: none, model: m}]}}')),
  'a circle of aliases': write(
    models('{a: {targets: [{provider: sim, model: echo}], fallbacks: [{alias: a}]}}'),
  ),
  'a port that is none': write('server: {bodyLimitBytes: 80a}'),
  'K-17 a number without end': write('server: {drainTimeoutMs: 1e400}'),
  'K-19 weights that leave nobody': write(
    models('{a: {strategy: weighted, targets: [{provider: sim, model: echo, weight: 0}]}}'),
  ),
};

/** Puts every corrupt file in place in turn, as `expectRefused` waits for; the last good one is back in the end. */
export async function corruptAll(
  { path }: ChangingGateway,
  expectRefused: (what: string) => Promise<void>,
): Promise<void> {
  for (const [what, corrupt] of Object.entries(CORRUPT)) {
    rmSync(path, { force: true, recursive: true });
    await corrupt(path);
    await expectRefused(what);
  }
  rmSync(path, { force: true, recursive: true });
  writeFileSync(path, configOf(0));
}

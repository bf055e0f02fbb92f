import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { commandMs, startProcess } from './__fixtures__/process.js';
import type { ProcessOptions } from './__fixtures__/process.js';

const BOUND_MS = 2_000;
const KEY = 'Qk3vR8sTzW1xY5bN7mJ2hG4fD6cL9pAe';
const WEAK = 'hunter2-hunter2';

type Start = Omit<ProcessOptions, 'cwd'>;
const withFile =
  (yaml: string, start: Start = {}) =>
  async (cwd: string) => {
    writeFileSync(join(cwd, 'sluice.yaml'), yaml);
    return start;
  };

async function onTakenPort(): Promise<Start> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { argv: ['--port', String((server.address() as AddressInfo).port)], env: { SLUICE_ADMIN_KEY: KEY } };
}

async function onFile(cwd: string): Promise<Start> {
  writeFileSync(join(cwd, 'taken'), '');
  return { env: { SLUICE_DATA_DIR: 'taken', SLUICE_ADMIN_KEY: KEY } };
}

const upstream = `providers: { up: { kind: openai, apiKey: { env: UPSTREAM_KEY }, baseUrl: 7 } }`;

it.each([
  ['a setting that is none', withFile('servers: {}'), /^config error at servers: /],
  [
    'a value of the wrong type',
    withFile(upstream, { env: { UPSTREAM_KEY: KEY } }),
    /^config error at providers.up.baseUrl: /,
  ],
  ['a file that is no YAML', withFile('a: [}'), /^config error at /],
  [
    'a secret that is not set',
    withFile(upstream.replace(', baseUrl: 7', '')),
    /^config error at providers.up.apiKey: /,
  ],
  ['an admin key that is too short', async () => ({ env: { SLUICE_ADMIN_KEY: WEAK } }), /SLUICE_ADMIN_KEY/],
  ['a port that is taken', onTakenPort, /^sluice: Cannot listen on 127.0.0.1 port \d+: it is in use/],
  [
    'a Redis server that is not there',
    async () => ({ env: { REDIS_URL: `redis://:${WEAK}@127.0.0.1:1` } }),
    /^sluice: Redis at 127.0.0.1:1 \(REDIS_URL\) cannot be reached: ECONNREFUSED\.$/m,
  ],
  ['a Redis address that is none', async () => ({ env: { REDIS_URL: `${WEAK}` } }), /REDIS_URL: expected redis:/],
  [
    'a data directory that is none',
    onFile,
    /^sluice: The data directory .*taken cannot be used: it is not a directory/,
  ],
] as const)(
  'F44 a start with %s ends at once, with one line that says why, and no key in it',
  async (_, prepare, said) => {
    const cwd = temporaryDir();
    const start = await prepare(cwd);
    // What starting this program takes just now, whatever it is started for.
    const plainMs = await commandMs('version');
    await using sluice = startProcess({ ...start, cwd });
    const { value: code, tookMs } = await timed(() => sluice.exited);
    expect([code, tookMs - plainMs < BOUND_MS]).toEqual([1, true]);
    const { stdout, stderr } = sluice.output;
    expect([stdout, stderr.trimEnd().split('\n').length]).toEqual(['', 1]);
    expect(stderr).toMatch(said);
    expect([KEY, WEAK].filter((key) => stderr.includes(key.slice(0, 12)))).toEqual([]);
  },
);

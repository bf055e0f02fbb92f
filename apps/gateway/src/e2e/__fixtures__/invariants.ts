import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NONCE, timed } from '@sluice/testkit';
import type { FakeUpstream } from '@sluice/testkit';
import { expect } from 'vitest';
import { ADMIN_KEY } from '../../__fixtures__/admin-key.js';
import type { RequestView } from '../../http/admin/request-view.js';
import { piecesOf } from './canary-scan.js';
import { attachTo, parseLines } from './gateway.js';
import type { RemoteGateway } from './gateway.js';
import { startProcess } from './process.js';
import type { SluiceProcess } from './process.js';

/** What a fault happened to. */
export interface Watched {
  readonly gateway: RemoteGateway;
  readonly upstreams?: readonly FakeUpstream[];
  /** Tries that one request may take at most. Default 3. */
  readonly maxAttempts?: number;
  /** What was answered, each with the nonce of its request. */
  readonly answers?: readonly Answered[];
  /** Errors that nothing caught, where that was the fault. Default 0. */
  readonly uncaught?: number;
  /** How long the last request may take to end and be settled. Default 5 s. */
  readonly patienceMs?: number;
}
export interface Answered {
  readonly nonce: string;
  readonly text: string;
}

/** From the end of a request to its row. */
const SETTLED_WITHIN_MS = 5_000;
const LIVE_WITHIN_MS = 100;
/** Tries that the gateway may make beyond the first of each request: a share of the requests, and so many a second. */
const RETRY_SHARE = 0.2;
const RETRIES_A_SECOND = 10;
const RETRY_MEMORY_S = 10;

/**
 * Checks what must hold after every fault, whatever it was, once nothing is under way any more; the gateway is stopped
 * for it. The numbers are those of the invariants in `docs/faults.md`.
 */
export async function assertInvariants(watched: Watched): Promise<void> {
  const { gateway, upstreams = [], answers = [], maxAttempts = 3, patienceMs = SETTLED_WITHIN_MS } = watched;
  await expect.poll(() => unrest(gateway, upstreams), { interval: 10, timeout: patienceMs }).toEqual([]);
  const rows = await gateway.rows();
  const metrics = await gateway.metrics();
  await expectAlive(gateway);
  expect(valueOf(metrics, 'sluice_uncaught_errors_total')).toBe(watched.uncaught ?? 0);
  expectOneRowEach(gateway, rows);
  expectPlausible(rows);
  expectWithinBudget(gateway, rows);
  expectExactLimit(gateway, rows);
  expectOwnAnswers(answers);
  expectBounded(rows, maxAttempts);
  await gateway.stop();
  expectOwnedCalls({ gateway, upstreams, rows });
  expectNoSecret(gateway, metrics);
}

/** Checks the same after a process that has ended, by another one with the same data. */
export async function assertInvariantsAfter(ended: SluiceProcess, cwd: string): Promise<void> {
  await using sluice = startProcess({ cwd, env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
  const earlier = (): string => ended.output.stdout + ended.output.stderr;
  await assertInvariants({ gateway: await attachTo(sluice, { cwd, earlier }) });
}

/** I1, I5: what is not back to where it was before the first request. */
async function unrest(gateway: RemoteGateway, upstreams: readonly FakeUpstream[]): Promise<readonly string[]> {
  const open = (await gateway.rows()).filter(({ state }) => state === 'open').map(({ id }) => `row ${id} is open`);
  const inFlight = valueOf(await gateway.metrics(), 'sluice_in_flight_requests');
  const held = valueOf(await gateway.metrics(), 'sluice_reservations');
  const busy = upstreams.filter((upstream) => upstream.busyConnections > 0);
  return [
    ...open,
    ...(inFlight === 0 ? [] : [`${inFlight} requests in flight`]),
    ...(held === 0 ? [] : [`${held} reservations held`]),
    ...busy.map(({ url, busyConnections }) => `${busyConnections} sockets in use at ${url}`),
  ];
}

function valueOf(metrics: string, name: string): number {
  return Number(new RegExp(`^${name}(?:{.*})? (.+)$`, 'm').exec(metrics)?.[1] ?? 0);
}

/** I6 */
async function expectAlive(gateway: RemoteGateway): Promise<void> {
  const { value: live, tookMs } = await timed(() => fetch(`${gateway.url}/health/live`));
  expect([live.status, tookMs < LIVE_WITHIN_MS]).toEqual([200, true]);
  await live.body?.cancel();
}

/** I1: the requests that the gateway took on are its rows, and each is final. */
function expectOneRowEach({ calls }: RemoteGateway, rows: readonly RequestView[]): void {
  const ids = rows.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  const accepted = calls.flatMap(({ decision }) => decision ?? []);
  expect(accepted.filter((id) => !ids.includes(id))).toEqual([]);
  expect(accepted).toEqual([...new Set(accepted)]);
}

/** I2: nothing is paid back, and nothing is free that has a price. */
function expectPlausible(rows: readonly RequestView[]): void {
  const figures = rows.flatMap(({ costMicroUsd, inputTokens, outputTokens }) => [costMicroUsd, inputTokens, outputTokens]);
  expect(figures.filter((figure) => figure !== null && !(figure >= 0 && Number.isSafeInteger(figure)))).toEqual([]);
}

/** I2: what a key has spent of a budget without end is no more than that. */
function expectWithinBudget({ config }: RemoteGateway, rows: readonly RequestView[]): void {
  const budget = config.budgets?.['default'];
  if (budget?.usd === undefined || budget.window !== undefined || budget.scope !== undefined) return;
  const most = budget.usd * 1_000_000;
  const spent = Map.groupBy(rows, ({ key }) => key);
  const over = [...spent].filter(([, own]) => own.reduce((sum, { costMicroUsd }) => sum + (costMicroUsd ?? 0), 0) > most);
  expect(over.map(([key]) => key)).toEqual([]);
}

/** I3: of the calls of a minute as many are taken on as are allowed, and not one more or less. */
function expectExactLimit({ config, calls }: RemoteGateway, rows: readonly RequestView[]): void {
  const limit = config.limits?.profiles?.['default']?.requestsPerMinute;
  if (limit === undefined) return;
  const offered = calls.filter(({ status, decision }) => decision !== null || status === 429).length;
  expect(rows).toHaveLength(Math.min(offered, limit));
}

/** I7 */
function expectOwnAnswers(answers: readonly Answered[]): void {
  const nonces = new RegExp(NONCE.replace(/0+$/, '[0-9a-f]{12}'), 'g');
  expect(answers.flatMap(({ nonce, text }) => (text.match(nonces) ?? []).filter((each) => each !== nonce))).toEqual([]);
}

/** I8 */
function expectBounded(rows: readonly RequestView[], maxAttempts: number): void {
  const asked = rows.map(({ attempts }) => attempts.length).filter((count) => count > 0);
  expect(Math.max(0, ...asked)).toBeLessThanOrEqual(maxAttempts);
  const startedMs = rows.map(({ startedAt }) => Date.parse(startedAt));
  const seconds = rows.length === 0 ? 0 : (Math.max(...startedMs) - Math.min(...startedMs)) / 1_000;
  const further = asked.reduce((sum, count) => sum + count - 1, 0);
  expect(further).toBeLessThanOrEqual(RETRY_SHARE * asked.length + RETRIES_A_SECOND * (seconds + RETRY_MEMORY_S));
}

/**
 * I1: each call that reached a provider is an attempt of some row. One whose kept connection ended under it goes out again
 * as the same attempt.
 */
function expectOwnedCalls({ gateway, upstreams = [], rows }: Watched & { readonly rows: readonly RequestView[] }): void {
  const lines = parseLines(gateway.logText().split('\n').filter((line) => line.startsWith('{')).join('\n'));
  const idOf = new Map(lines.map(({ traceId, requestId }) => [traceId, requestId]));
  const attemptsOf = new Map<unknown, number>(rows.map(({ id, attempts }) => [id, attempts.length]));
  for (const { requests } of upstreams) {
    const ids = requests.filter(({ method }) => method === 'POST').map(({ headers }) => idOf.get(traceOf(headers)));
    const sent = Map.groupBy(ids, (id) => id);
    const unowned = [...sent].filter(([id, all]) => all.length > 2 * (attemptsOf.get(id) ?? 0));
    expect(unowned.map(([id, all]) => `${all.length} calls of ${String(id)}`)).toEqual([]);
  }
}

function traceOf(headers: Readonly<Record<string, string>>): string | undefined {
  return headers['traceparent']?.split('-')[1];
}

type Written = Pick<RemoteGateway, 'secrets' | 'folder' | 'logText'>;

/** I4: no piece of a key of twelve characters stands in anything that was written; the file of the secrets is for that. */
export function expectNoSecret({ secrets, folder, logText }: Written, metrics = ''): void {
  const places = new Map(filesOf(folder).map((path) => [path, readFileSync(path, 'latin1')]));
  places.set('log', logText()).set('metrics', metrics);
  const pieces = secrets.flatMap((secret) => [...piecesOf(secret), ...codedForms(secret)]);
  const found = [...places].filter(([, text]) => pieces.some((piece) => text.includes(piece)));
  expect(found.map(([place]) => place)).toEqual([]);
}

function codedForms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [bytes.toString('base64'), bytes.toString('hex'), encodeURIComponent(secret)];
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.endsWith('secrets.json'))
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile());
}

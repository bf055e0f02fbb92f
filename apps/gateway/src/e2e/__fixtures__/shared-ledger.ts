import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerRow } from '@sluice/contract';
import { POSTGRES_PASSWORD } from '@sluice/testkit';
import type { PostgresServer } from '@sluice/testkit';
import { startLoad } from './even-load.js';
import type { CallSeen } from './even-load.js';
import { startGatewayProcess } from './gateway.js';
import type { ProcessGateway } from './gateway.js';
import { assertInvariants } from './invariants.js';
import { readRows } from './killed.js';

/** What costs something: the sums are worth comparing. */
const PRICED = {
  models: { fast: { targets: [{ provider: 'sim', model: 'echo' }] } },
  catalogue: { models: { 'sim/echo': { prices: [{ usdPerMillionTokens: { input: 1_000.01, output: 3_333.33 } }] } } },
};

export async function startMachine(url: string): Promise<ProcessGateway> {
  const gateway = await startGatewayProcess(PRICED, { env: { DATABASE_URL: url } });
  // Of its URL the password is secret; a log line may say which host does not answer.
  return { ...gateway, secrets: [...gateway.secrets.filter((secret) => secret !== url), POSTGRES_PASSWORD] };
}

/** How many rows there are, how many of them have ended, and what they cost. */
export interface Sums {
  readonly rows: number;
  readonly settled: number;
  readonly microUsd: number;
}

export async function sumsInPostgres(server: PostgresServer, url: string): Promise<Sums> {
  const text = await server.sql(
    url,
    `SELECT count(*), count(s.id), coalesce(sum(s.cost_micro_usd), 0)
     FROM sluice.ledger_intents i LEFT JOIN sluice.ledger_settlements s USING (id, machine)`,
  );
  const [rows = 0, settled = 0, microUsd = 0] = text.split('|').map(Number);
  return { rows, settled, microUsd };
}

function sumsOf(rows: readonly LedgerRow[]): Sums {
  const settled = rows.filter(({ settlement }) => settlement);
  const microUsd = settled.reduce((sum, { settlement }) => sum + (settlement?.costMicroUsd ?? 0), 0);
  return { rows: rows.length, settled: settled.length, microUsd };
}

export interface Outage {
  /** Calls a second. */
  readonly rate: number;
  /** How long it is away, and how long the calls go on before and after. */
  readonly forMs: number;
  readonly aroundMs: number;
  begin(server: PostgresServer): Promise<void> | void;
  end(server: PostgresServer): Promise<void> | void;
}

export const KILLED = {
  begin: (server: PostgresServer) => server.kill(),
  end: (server: PostgresServer) => server.start(),
};
export const FROZEN = {
  begin: (server: PostgresServer) => server.freeze(),
  end: (server: PostgresServer) => server.thaw(),
};

export interface OutageReport {
  readonly calls: readonly CallSeen[];
  /** The backlog shortly before the end. */
  readonly waiting: number;
  readonly local: Sums;
  /** Within ten seconds of the end. */
  readonly remote: Sums;
}

/** A gateway that serves while PostgreSQL is away. */
export async function serveThrough(server: PostgresServer, { rate, forMs, aroundMs, ...fault }: Outage): Promise<OutageReport> {
  const url = await server.createDatabase();
  await using gateway = await startMachine(url);
  const load = startLoad({ url: gateway.url, key: gateway.key, rate });
  await sleep(aroundMs);
  await fault.begin(server);
  await sleep(forMs);
  const waiting = backlogOf(await gateway.metrics());
  await fault.end(server);
  await sleep(aroundMs);
  const calls = await load.stop();
  const remote = await settledSums(server, url, calls.length);
  await assertInvariants({ gateway });
  return { calls, waiting, local: sumsOf(readRows(gateway.folder)), remote };
}

function backlogOf(metrics: string): number {
  return Number(/^sluice_ledger_backlog_rows (\S+)$/m.exec(metrics)?.[1]);
}

const ARRIVED_WITHIN_MS = 10_000;

async function settledSums(server: PostgresServer, url: string, calls: number): Promise<Sums> {
  const untilMs = performance.now() + ARRIVED_WITHIN_MS;
  for (;;) {
    const sums = await sumsInPostgres(server, url);
    if (sums.settled >= calls || performance.now() > untilMs) return sums;
    await sleep(100);
  }
}

/** The share of calls that got a whole answer. */
export function availability(calls: readonly CallSeen[]): number {
  return calls.filter(({ isWhole }) => isWhole).length / calls.length;
}

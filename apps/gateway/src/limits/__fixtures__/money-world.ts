import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Admission, AdmissionRequest, LedgerIntent, LedgerSettlement, Principal } from '@sluice/contract';
import { keepRecovering } from '@sluice/ledger';
import { LimitBook, createLimiter } from '@sluice/limits';
import type { QueueingLimiter } from '@sluice/limits';
import { openSqliteStore } from '@sluice/store-sqlite';
import type { SqliteCounterStore, SqliteStore } from '@sluice/store-sqlite';
import { createManualClock } from '@sluice/testkit';

/** What is allowed at the moment. */
export interface Rules {
  readonly nanoUsd: number;
  readonly requestsPerMinute: number;
  readonly concurrent: number;
}

/** A request under way. */
export interface Running {
  readonly id: string;
  readonly reserved: number;
  readonly admission: Admission;
}

const KEY = { kind: 'key', role: 'caller', keyId: 'k', keyName: 'k', tenant: 't' } as const;
const NEVER = new AbortController().signal;
const NANO_PER_MICRO = 1_000;

/** A limiter, a ledger and its recovery over a database that outlives their process, on a time of its own. */
export class MoneyWorld {
  readonly clock = createManualClock();
  rules: Rules;
  readonly running: Running[] = [];
  #principal: Principal;
  #book: LimitBook;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-money-'));
  #asked = 0;
  #store: SqliteStore;
  #counters: SqliteCounterStore;
  #limiter: QueueingLimiter;
  #stopRecovering: () => void = () => undefined;

  constructor(rules: Rules) {
    this.rules = rules;
    this.#book = bookOf(rules);
    this.#principal = principalOf(rules);
    this.#store = openSqliteStore({ path: join(this.#folder, 'sluice.db') });
    this.#counters = this.#store.counters({ clock: this.clock });
    this.#limiter = this.#compose();
  }

  get settlements(): readonly LedgerSettlement[] {
    return this.#store.ledger.page({ limit: 100_000 }).rows.flatMap(({ settlement }) => settlement ?? []);
  }

  get openRows(): number {
    return this.#store.ledger.page({ limit: 100_000 }).rows.filter(({ settlement }) => !settlement).length;
  }

  /** The money that is counted. */
  get counted(): number {
    return this.#counters
      .list({ name: 'spend', windowMs: Number.POSITIVE_INFINITY })
      .reduce((sum, { used }) => sum + used, 0);
  }

  /** Whether it was admitted. */
  async ask(reserved: number): Promise<boolean> {
    const id = `r${String((this.#asked += 1)).padStart(8, '0')}`;
    const atMost = { inputTokens: 1, outputTokens: 1, nanoUsd: reserved };
    const intent = { id, startedAtMs: this.clock.now(), keyId: 'k', tenant: 't', route: '/', requestedModel: 'm' };
    const row: LedgerIntent = { ...intent, stream: true, reservedNanoUsd: reserved };
    const asking: AdmissionRequest = {
      id,
      principal: this.#principal,
      models: ['m'],
      endUser: undefined,
      mayGoElsewhere: false,
      mayBeUnpriced: false,
      atMost,
      // Half of them as where somebody else writes the rows.
      ...(this.#asked % 2 === 0 && { toRow: () => row }),
    };
    try {
      const admission = await this.#limiter.admit(asking, NEVER);
      if (!admission.isRecorded) this.#store.ledger.append({ intents: [row], settlements: [] });
      this.running.push({ id, reserved, admission });
      return true;
    } catch {
      return false;
    }
  }

  /** Ends a request, whole or left by its caller; `used` of what it had reserved. */
  async finish(one: Running, used: number): Promise<void> {
    this.running.splice(this.running.indexOf(one), 1);
    const costMicroUsd = used / NANO_PER_MICRO;
    this.#store.ledger.append({ intents: [], settlements: [settlementOf(one.id, costMicroUsd, this.clock.now())] });
    one.admission.settle({ inputTokens: 1, outputTokens: 1, nanoUsd: used });
    await this.settled();
  }

  reload(rules: Rules): void {
    this.rules = rules;
    this.#book = bookOf(rules);
    this.#principal = principalOf(rules);
  }

  /** The process ends with all that it had under way, and another one takes its place. What it lost comes back. */
  async restart(): Promise<readonly Running[]> {
    const lost = this.running.splice(0);
    this.#stopRecovering();
    this.#store.close();
    this.#store = openSqliteStore({ path: join(this.#folder, 'sluice.db') });
    this.#counters = this.#store.counters({ clock: this.clock });
    this.#limiter = this.#compose();
    await this.settled();
    return lost;
  }

  /** In steps of less than a lease, after each of which everything goes on that can. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10_000) {
      this.clock.advance(Math.min(left, 10_000));
      await this.settled();
    }
  }

  /** As many turns of the event loop as counts wait for others under load, and some more. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 8; turn += 1) await setImmediate();
  }

  dispose(): void {
    this.#stopRecovering();
    this.#store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #compose(): QueueingLimiter {
    const counters = this.#counters;
    this.#stopRecovering = keepRecovering({
      repository: this.#store.ledger,
      clock: this.clock,
      onSettled: ({ id }, { costMicroUsd = 0 }) => void counters.settle(id, { spend: costMicroUsd * NANO_PER_MICRO }),
      onRecovered: () => undefined,
      onError(cause) {
        throw cause;
      },
    });
    return createLimiter({ store: counters, clock: this.clock, book: () => this.#book });
  }
}

function bookOf({ nanoUsd }: Rules): LimitBook {
  return new LimitBook({ scopes: {}, budgets: [{ name: 'default', rules: { nanoUsd } }] });
}

function principalOf({ requestsPerMinute, concurrent }: Rules): Principal {
  return { ...KEY, limits: { requestsPerMinute, concurrent } };
}

function settlementOf(id: string, costMicroUsd: number, settledAtMs: number): LedgerSettlement {
  const nothing = { attempts: [], inputTokens: 1, outputTokens: 1, cachedTokens: 0, durationMs: 1 };
  return { id, settledAtMs, status: 200, costMicroUsd, usageSource: 'provider', ...nothing };
}

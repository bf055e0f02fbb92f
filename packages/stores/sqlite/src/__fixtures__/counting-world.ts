import { DatabaseSync } from 'node:sqlite';
import type { Claim } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { CountingMember } from './counting-member.js';
import { CountingModel, MemberModel } from './counting-model.js';
import type { Taken } from './counting-model.js';

const DAY_MS = 86_400_000;
/** As long as nobody looks what others have left, and a little, so that no time comes again when the clock is set back. */
const LOOK_AFTER_MS = 2_007;
export const SLOTS = 4;
export const MONEY = 100;

/** A process, and what is to be expected of it. */
export interface Member {
  readonly real: CountingMember;
  readonly model: MemberModel;
}

interface CountRow {
  readonly key: string;
  readonly startsAtMs: number;
  readonly used: number;
}

/** Processes that count in one database, and one more that only looks; and what should be counted. */
export class CountingWorld {
  readonly clock = createManualClock();
  readonly model = new CountingModel();
  readonly members: Member[];
  wasSetBack = false;
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #rows;
  readonly #intents;
  readonly #holds;
  readonly #alive = new Map<number, CountingMember>();
  readonly #auditor: Member;
  #made = 0;
  #asked = 0;

  constructor(path: string, size: number) {
    this.#path = path;
    this.#database = new DatabaseSync(path);
    this.#rows = this.#database.prepare('SELECT key, starts_at_ms AS startsAtMs, used FROM counts');
    this.#intents = this.#database.prepare('SELECT id FROM ledger_intents');
    this.#holds = this.#database.prepare('SELECT key, SUM(held) AS held, MIN(held) AS least FROM count_holds GROUP BY key');
    this.#auditor = this.#open();
    this.members = Array.from({ length: size }, () => this.#open());
  }

  get nextId(): string {
    return `r${(this.#asked += 1)}`;
  }

  /** Everybody who runs looks, and has done what it still had to do. */
  async settled(): Promise<void> {
    this.clock.advance(LOOK_AFTER_MS);
    for (const { real, model } of [...this.members, this.#auditor]) {
      if (!model.isStopped) await real.counters.cancel('nobody');
    }
    this.model.look(this.clock.now());
  }

  /** Its process is killed, and another one begins. */
  replace(member: Member): void {
    member.real.kill();
    for (const [holder, real] of this.#alive) if (real === member.real) this.#alive.delete(holder);
    this.model.end(member.model);
    this.members[this.members.indexOf(member)] = this.#open();
  }

  /** Where a claim made now is counted. */
  taken({ name, amount, kind }: Claim): Taken {
    const latestMs = this.clock.now() + (name === 'sliding' ? 0 : DAY_MS);
    const starts = this.#counted(name).map(({ startsAtMs }) => startsAtMs);
    const startsAtMs = Math.max(...starts.filter((startMs) => startMs <= latestMs));
    return { name, startsAtMs, amount, isGauge: kind === 'gauge' };
  }

  /** What is counted that should not be, and the other way round: as pairs. */
  differences(): Readonly<Record<string, readonly [number, number]>> {
    const expected = new Map(this.model.counts());
    const differences: Record<string, readonly [number, number]> = {};
    for (const { key, startsAtMs, used } of this.#rows.all() as unknown as readonly CountRow[]) {
      const count = `${nameOf(key)}@${startsAtMs}`;
      if (used !== (expected.get(count) ?? 0)) differences[count] = [used, expected.get(count) ?? 0];
      expected.delete(count);
    }
    // Of windows that have ended the rows go; what never ends is gone only where nothing of it is left.
    for (const [count, amount] of expected) if (count.endsWith('@0') && amount !== 0) differences[count] = [0, amount];
    return { ...differences, ...this.#wrongHolds(), ...this.#wrongRows() };
  }

  dispose(): void {
    for (const real of this.#alive.values()) real.kill();
    this.#database.close();
  }

  /** Of a gauge the processes hold all that is counted, and nobody ever less than nothing. */
  #wrongHolds(): Readonly<Record<string, readonly [number, number]>> {
    const wrong: Record<string, readonly [number, number]> = {};
    for (const { key, held, least } of this.#holds.all() as unknown as readonly { key: string; held: number; least: number }[]) {
      if (least < 0) wrong[`least held of ${nameOf(key)}`] = [least, 0];
      if (nameOf(key) !== 'concurrent') continue;
      const used = this.#counted('concurrent')[0]?.used ?? 0;
      if (held !== used) wrong['held of slots'] = [held, used];
    }
    return wrong;
  }

  /** Those of the ledger: as pairs of how often each is there. */
  #wrongRows(): Readonly<Record<string, readonly [number, number]>> {
    const found = new Set(this.#intents.all().map(({ id }) => String(id)));
    const { rows } = this.model;
    const wrong = [...found, ...rows].filter((id) => !found.has(id) || !rows.has(id));
    return Object.fromEntries(wrong.map((id) => [`row ${id}`, [Number(found.has(id)), Number(rows.has(id))]]));
  }

  #counted(name: string): readonly CountRow[] {
    return (this.#rows.all() as unknown as readonly CountRow[]).filter(({ key }) => nameOf(key) === name);
  }

  #open(): Member {
    const holder = (this.#made += 1);
    const { clock } = this;
    const real = new CountingMember({ path: this.#path, clock, holder, isAlive: (id) => this.#alive.has(id) });
    this.#alive.set(holder, real);
    const model = new MemberModel(real.counters.leaseMs);
    this.model.join(model);
    return { real, model };
  }
}

export function claimsOf(money: number): readonly Claim[] {
  const window = { scope: 'key:a', kind: 'window', limit: 1_000_000 } as const;
  return [
    { scope: 'key:a', kind: 'gauge', name: 'concurrent', amount: 1, limit: SLOTS, windowMs: 0 },
    { ...window, name: 'spend', amount: money, limit: MONEY, windowMs: Number.POSITIVE_INFINITY },
    { ...window, name: 'tokens', amount: money, windowMs: 20_000 },
    { ...window, name: 'sliding', amount: money, windowMs: 12_000, span: 'sliding' },
  ];
}

function nameOf(key: string): string {
  return key.split('\n')[1] ?? '';
}

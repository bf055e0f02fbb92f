import type { Side } from '../kinds/guard.js';
import type { BoundGuard, Verdict } from './bound-guard.js';

export type Report = (check: { readonly guard: string; readonly on: Side; readonly verdict: Verdict }) => void;

const RANK: Readonly<Record<Verdict, number>> = { passed: 0, observed: 1, rewritten: 2, failed: 3, refused: 4 };

/** What the guards of one call did, the worst of each. */
export class Tally {
  readonly #report: Report;
  readonly #verdicts = new Map<BoundGuard, Verdict>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** A guard is through with one side of the call. */
  settle(guard: BoundGuard, on: Side, verdict: Verdict): void {
    this.note(guard, verdict);
    this.#report({ guard: guard.name, on, verdict });
  }

  /** Something that will be settled later, but is known already. */
  note(guard: BoundGuard, verdict: Verdict): void {
    const before = this.#verdicts.get(guard) ?? 'passed';
    if (RANK[verdict] >= RANK[before]) this.#verdicts.set(guard, verdict);
  }

  /** `pii=rewritten, tone=observed`. */
  write(which: 'acting' | 'all'): string | undefined {
    const told = [...this.#verdicts].filter(([{ mode }]) => which === 'all' || mode === 'enforce');
    return told.length === 0 ? undefined : told.map(([{ name }, verdict]) => `${name}=${verdict}`).join(', ');
  }
}

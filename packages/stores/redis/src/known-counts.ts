import type { Claim, ClaimWindow, Counted, KeptCount } from '@sluice/contract';
import { FleetingMap } from '@sluice/toolkit';
import { fieldOf, kindOf, splitField } from './fields.js';
import type { ClaimArgs, Figures, KnownCount } from './fields.js';

const MAX_KNOWN = 50_000;
/** So many of the counts that were used last are asked for with every sign of life. */
const MAX_WATCHED = 64;
const SPEND = 'spend';
const SPANS: Readonly<Partial<Record<KnownCount['kind'], Claim['span']>>> = { s: 'sliding', d: 'day', m: 'month' };

/**
 * The counts that this process has seen, each as the server last told of it. By them a server that has lost all it knew is
 * told again, so that an outage refills nothing.
 */
export class KnownCounts {
  readonly #counts = new FleetingMap<string, KnownCount>();
  /** Those that were used last, the latest at the end. */
  readonly #watched = new FleetingMap<string, ClaimArgs>();
  /** Of money, changed since they were last kept. */
  readonly #changed = new Set<string>();

  /** What others take of these has to be known here too. */
  get watched(): readonly ClaimArgs[] {
    return [...this.#watched.values()];
  }

  /** This process has a use for it. */
  watch(claim: ClaimArgs): void {
    const [field, kind] = claim;
    if (kind === 'g') return;
    this.#watched.delete(field);
    this.#watched.set(field, claim);
    if (this.#watched.size > MAX_WATCHED) this.#watched.delete(this.#watched.keys().next().value as string);
  }

  /** What was used of a claim's window when the server last told; 0 where that window is over. */
  usedOf(claim: Claim, nowMs: number): number {
    const count = this.#counts.get(fieldOf(claim, kindOf(claim)));
    if (!count || (count.endsAtMs >= 0 && count.endsAtMs <= nowMs)) return 0;
    return count.used;
  }

  note([field, kind, , , windowMs, name]: ClaimArgs, figures: Figures): void {
    if (kind === 'g') return;
    const known = this.#counts.get(field);
    // Answers may overtake each other; the versions of a window that is over say nothing of the next one.
    if (known && known.version > figures.version && known.endsAtMs >= figures.endsAtMs) return;
    const { used, settled, version, beginsAtMs, endsAtMs } = figures;
    this.#counts.delete(field);
    this.#counts.set(field, { kind, windowMs, beginsAtMs, endsAtMs, used, settled, version });
    if (name === SPEND) this.#changed.add(field);
    if (this.#counts.size > MAX_KNOWN) this.#counts.delete(this.#counts.keys().next().value as string);
  }

  /** What was kept, and is worth less than what any gateway has seen. */
  recall(kept: readonly KeptCount[]): void {
    for (const { scope, window, used, beginsAtMs, endsAtMs } of kept) {
      const kind = kindOf({ ...window, scope, kind: 'window', amount: 0, limit: 0 });
      const field = fieldOf({ ...window, scope }, kind);
      if (kind === 'g' || this.#counts.has(field)) continue;
      const windowMs = Number.isFinite(window.windowMs) ? window.windowMs : -1;
      const count = { kind, windowMs, beginsAtMs, endsAtMs: endsAtMs ?? -1, used, settled: used, version: 0 };
      this.#counts.set(field, count);
    }
  }

  /** As the script takes them. */
  toRestore(): readonly (readonly (string | number)[])[] {
    return [...this.#counts].map(([field, { kind, windowMs, beginsAtMs, endsAtMs, settled, version }]) => [
      ...[field, kind, windowMs, beginsAtMs, endsAtMs, settled, version],
    ]);
  }

  /** What is known of a name in such windows, by scope, the most first. */
  list(window: ClaimWindow, nowMs: number): readonly Counted[] {
    const kind = kindOf({ ...window, scope: '', kind: 'window', amount: 0, limit: 0 });
    const suffix = fieldOf({ ...window, scope: '' }, kind);
    const found: Counted[] = [];
    for (const [field, { settled, endsAtMs }] of this.#counts) {
      if (!field.endsWith(suffix) || (endsAtMs >= 0 && endsAtMs <= nowMs)) continue;
      const [scope] = splitField(field);
      found.push({ scope, used: settled, endsAtMs: endsAtMs < 0 ? null : endsAtMs });
    }
    return found.toSorted((a, b) => b.used - a.used);
  }

  /** The money that has changed since the last call. */
  takeChanged(): readonly KeptCount[] {
    const changed = [...this.#changed].flatMap((field) => this.#toKeep(field));
    this.#changed.clear();
    return changed;
  }

  #toKeep(field: string): readonly KeptCount[] {
    const count = this.#counts.get(field);
    if (!count) return [];
    const { kind, windowMs, beginsAtMs, endsAtMs, settled } = count;
    const [scope, name] = splitField(field);
    const span = SPANS[kind];
    const window = { name, windowMs: windowMs < 0 ? Number.POSITIVE_INFINITY : windowMs, ...(span && { span }) };
    return [{ scope, window, used: settled, beginsAtMs, endsAtMs: endsAtMs < 0 ? null : endsAtMs }];
  }
}

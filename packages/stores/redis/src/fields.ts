import type { Claim, ClaimState } from '@sluice/contract';

/** f fixed, s sliding, d day, m month, e endless, g gauge. */
export type Kind = 'f' | 's' | 'd' | 'm' | 'e' | 'g';

/** A claim as the scripts take it: field, kind, amount, limit, length of the window, name. */
export type ClaimArgs = readonly [field: string, Kind, amount: number, limit: number, windowMs: number, name: string];

/** A count as a gateway knows it, by which it can be put back. */
export interface KnownCount {
  readonly kind: Exclude<Kind, 'g'>;
  readonly windowMs: number;
  readonly beginsAtMs: number;
  /** -1: never. */
  readonly endsAtMs: number;
  readonly used: number;
  /** Without what is reserved and not settled. */
  readonly settled: number;
  /** Grows with every change. */
  readonly version: number;
}

/** What one claim's count is, as a script tells it. */
export interface Figures {
  readonly used: number;
  /** -1: never. */
  readonly resetMs: number;
  readonly version: number;
  readonly settled: number;
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
}

const HEAD = 3;
const FIGURES = 6;
type SixNumbers = [number, number, number, number, number, number];
const SPANS = { sliding: 's', day: 'd', month: 'm' } as const;

export function kindOf({ kind, span, windowMs }: Claim): Kind {
  if (kind === 'gauge') return 'g';
  if (span) return SPANS[span];
  return windowMs === Number.POSITIVE_INFINITY ? 'e' : 'f';
}

/** The field of the hash in which a claim is counted. */
export function fieldOf(claim: Pick<Claim, 'scope' | 'name' | 'windowMs'>, kind: Kind): string {
  return `${claim.scope}\n${claim.name}\n${suffixOf(kind, claim.windowMs)}`;
}

/** Scope and name of a field, which begins with them. */
export function splitField(field: string): readonly [scope: string, name: string] {
  const [scope = '', name = ''] = field.split('\n', 2);
  return [scope, name];
}

function suffixOf(kind: Kind, windowMs: number): string {
  return kind === 'f' || kind === 's' ? kind + String(windowMs) : kind;
}

export function toArgs(claim: Claim): ClaimArgs {
  const kind = kindOf(claim);
  const windowMs = Number.isFinite(claim.windowMs) ? claim.windowMs : -1;
  return [fieldOf(claim, kind), kind, claim.amount, claim.limit, windowMs, claim.name];
}

/** What an answer tells of counts, after its status, the time and one more number. */
export function figuresOf(answer: readonly (string | number)[]): readonly Figures[] {
  return figuresIn(answer.slice(HEAD) as number[]);
}

export function figuresIn(told: readonly number[]): readonly Figures[] {
  const found: Figures[] = [];
  for (let at = 0; at + FIGURES <= told.length; at += FIGURES) {
    const [used, resetMs, version, settled, beginsAtMs, endsAtMs] = told.slice(at, at + FIGURES) as SixNumbers;
    found.push({ used, resetMs, version, settled, beginsAtMs, endsAtMs });
  }
  return found;
}

export function toState(claim: Claim, { used, resetMs }: Figures): ClaimState {
  return {
    claim,
    remaining: Math.max(0, claim.limit - used),
    resetMs: resetMs < 0 ? Number.POSITIVE_INFINITY : resetMs,
  };
}

import type { Claim } from '@sluice/contract';

/** A class, for its objects to have a shape of their own. */
class Known {
  readonly key: string;
  readonly #kind: Claim['kind'];
  readonly #name: string;
  readonly #span: Claim['span'];
  readonly #windowMs: number;

  constructor(claim: Claim) {
    this.key = keyOf(claim);
    this.#kind = claim.kind;
    this.#name = claim.name;
    this.#span = claim.span;
    this.#windowMs = claim.windowMs;
  }

  isOf({ kind, name, span, windowMs }: Claim): boolean {
    if (name !== this.#name || kind !== this.#kind) return false;
    return kind === 'gauge' || (windowMs === this.#windowMs && span === this.#span);
  }
}

/** Of more scopes, all are forgotten and made anew. */
const MAX_SCOPES = 10_000;

/** What counts are kept under. Each is made once: as a new text for every claim it would have to be hashed and compared anew. */
export class CountKeys {
  /** A scope has few of them: to look through these is cheap. */
  readonly #scopes = new Map<string, Known[]>();

  /** Scopes in memory. */
  get size(): number {
    return this.#scopes.size;
  }

  of(claim: Claim): string {
    const { scope } = claim;
    let known = this.#scopes.get(scope);
    if (!known) {
      if (this.#scopes.size >= MAX_SCOPES) this.#scopes.clear();
      this.#scopes.set(scope, (known = []));
    }
    for (const one of known) if (one.isOf(claim)) return one.key;
    const one = new Known(claim);
    known.push(one);
    return one.key;
  }
}

/** Of one claim. */
export function keyOf({ scope, name, kind, span, windowMs }: Omit<Claim, 'amount' | 'limit'>): string {
  return `${scope}\n${name}\n${kind === 'gauge' ? 'held' : (span ?? '') + String(windowMs)}`;
}

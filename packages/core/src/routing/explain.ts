import { toGatewayError } from '@sluice/contract';
import type { Dialect, ErrorCode, IncomingHeaders, OperationName, Principal } from '@sluice/contract';
import type { Snapshot } from '../snapshot.js';
import { decideIn } from './decide.js';
import type { Candidate, Plan } from './plan.js';
import type { RouteQuestion, RoutingState } from './question.js';
import type { KeptCode, Notes, RejectedCode } from './reasons.js';
import { takeWishes } from './wishes.js';

/** A call as its endpoint would receive it, its body as JSON. */
export interface CallToExplain {
  readonly body: unknown;
  /** Lower-case names. */
  readonly headers: IncomingHeaders;
  readonly params?: Readonly<Record<string, string>>;
  readonly principal: Principal;
}

/** One place that took part in a decision, and why it was kept or not. */
export interface ExplainedCandidate {
  readonly provider: string;
  readonly model: string;
  /** From 1, in the order in which they would be asked; absent where it would not be. */
  readonly position?: number;
  readonly code: KeptCode | RejectedCode;
  readonly reason: string;
}
/** Where a request would go, target by target, or why it would be refused. */
export interface Explanation {
  /** As the caller wrote it. */
  readonly model: string;
  readonly alias?: string;
  /** Those that are kept in their order, then the others. */
  readonly candidates: readonly ExplainedCandidate[];
  /** Why the request would be refused. */
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly param?: string };
}

/** Decides as for a call of an endpoint, and tells why; nothing is sent. Throws what the dialect throws of a bad body. */
export function explainCall(
  endpoint: {
    readonly operation: OperationName;
    readonly dialect: Pick<Dialect<never, never, never>, 'id'> & { parse: Dialect<unknown, never, never>['parse'] };
  },
  call: CallToExplain,
  { snapshot, state }: { readonly snapshot: Snapshot; readonly state: RoutingState },
): Explanation {
  const { operation, dialect } = endpoint;
  const { headers, principal, params } = call;
  const bytes = Buffer.from(JSON.stringify(call.body ?? null));
  const { body, wishes } = takeWishes({ wire: call.body, body: bytes });
  const parsed = dialect.parse(body.wire, { headers, ...(params ? { params } : {}) });
  const bodyBytes = bytes.length;
  const question: RouteQuestion = { parsed, operation, dialect: dialect.id, principal, headers, bodyBytes, wishes };
  return explain(snapshot, state, question);
}

/** {@link decide} with its reasons: each candidate that took part, once. */
export function explain(snapshot: Snapshot, state: RoutingState, question: RouteQuestion): Explanation {
  const notes = new NoteBook();
  const { model } = question.parsed;
  try {
    const plan = decideIn({ snapshot, state, question, notes });
    return { model, ...(plan.alias === undefined ? {} : { alias: plan.alias }), candidates: notes.told(plan) };
  } catch (cause) {
    const { code, message, details } = toGatewayError(cause);
    const { param } = details;
    const error = { code, message, ...(param === undefined ? {} : { param }) };
    return { model, candidates: notes.told(undefined), error };
  }
}

interface Noted {
  readonly candidate: Candidate;
  kept?: { readonly code: KeptCode; readonly reason: string };
  rejected?: { readonly code: RejectedCode; readonly reason: string };
}

/** What was said first of a candidate counts; whether it is kept, the plan alone says. */
class NoteBook implements Notes {
  readonly #noted = new Map<string, Noted>();

  keep(candidate: Candidate, code: KeptCode, reason: string): void {
    this.#of(candidate).kept ??= { code, reason };
  }

  reject(candidate: Candidate, code: RejectedCode, reason: string): void {
    this.#of(candidate).rejected ??= { code, reason };
  }

  told(plan: Plan | undefined): readonly ExplainedCandidate[] {
    const kept = (plan?.candidates ?? []).map((candidate, index): ExplainedCandidate => {
      const { code, reason } = this.#of(candidate).kept ?? { code: 'fallback' as const, reason: 'A fallback.' };
      return { ...placeOf(candidate), position: index + 1, code, reason };
    });
    const isKept = new Set(plan?.candidates.map(({ circuit }) => circuit));
    const others = [...this.#noted.values()].filter(({ candidate }) => !isKept.has(candidate.circuit));
    return [...kept, ...others.map(toRejected)];
  }

  #of(candidate: Candidate): Noted {
    let noted = this.#noted.get(candidate.circuit);
    if (!noted) this.#noted.set(candidate.circuit, (noted = { candidate }));
    return noted;
  }
}

function toRejected({ candidate, rejected }: Noted): ExplainedCandidate {
  const why = rejected ?? { code: 'request_refused' as const, reason: 'The request as a whole is refused.' };
  return { ...placeOf(candidate), ...why };
}

function placeOf({ target: { provider, model } }: Candidate): { readonly provider: string; readonly model: string } {
  return { provider, model };
}

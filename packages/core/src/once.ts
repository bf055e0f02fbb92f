import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Adjustment, IdempotencyClaim, IncomingHeaders, KeptAnswer } from '@sluice/contract';
import type { Answer, PlainAnswer } from './answer.js';
import { KeptChunks } from './kept-chunks.js';
import { PassingChunks } from './passing-chunks.js';
import type { ReceivedCall } from './received-call.js';
import type { CallContext } from './stages/run-context.js';

const HEADER = 'idempotency-key';
/** As Stripe has it; printable ASCII, as header values are. */
const VALID = /^[\x20-\x7e]{1,255}$/;
/** Of what refused the request before or beside a provider's work, nothing is kept: it may be asked again. */
const NOT_TRIED: ReadonlySet<number> = new Set([429, 503]);
const REPLAYED = { 'idempotent-replayed': 'true' } as const;
/** A stream is not kept, so it is carried out each time. */
const IGNORED: Adjustment = { parameter: 'Idempotency-Key', action: 'dropped' };

/** Whether the caller asks for the request to be carried out once. */
export function isUnderKey({ headers }: ReceivedCall): boolean {
  return headers[HEADER] !== undefined;
}

/** What a request must repeat to be the same one. */
export interface OnceRequest {
  readonly stream: boolean;
  readonly tenant: string;
  readonly keyId: string;
  /** Made only where they are needed. */
  readonly parts: () => readonly (string | Uint8Array)[];
}

/** One request that its caller has given a key of its own. */
export class Once {
  readonly #run: CallContext;
  #claim: IdempotencyClaim | undefined;

  constructor(run: CallContext) {
    this.#run = run;
  }

  /** The first answer, where there is one. Rejects as `Idempotency` does, and with `invalid_value` for a key that is none. */
  async claim(request: OnceRequest): Promise<PlainAnswer | undefined> {
    const { call, ports } = this.#run;
    if (!ports.idempotency) return undefined;
    const key = readKey(call.received.headers);
    const { stream, tenant, keyId, parts } = request;
    if (stream) {
      call.ignored = IGNORED;
      return undefined;
    }
    const found = await ports.idempotency.claim({ tenant, keyId, key, parts: parts() }, call.signal);
    if ('status' in found) return this.#replay(found);
    this.#claim = found;
    return undefined;
  }

  /** It is admitted: from here on it is carried out to its end, whether its caller waits or not. */
  begin(): void {
    const claim = this.#claim;
    const { call } = this.#run;
    if (!claim) return;
    const callers = call.signal;
    callers.addEventListener('abort', () => endUnlessLeft(callers, claim), { once: true });
    endUnlessLeft(callers, claim);
    call.signal = claim.signal;
  }

  /** Keeps the answer for those who ask again, or lets them be served anew. */
  async end(answer: Answer): Promise<Answer> {
    const claim = this.#claim;
    if (!claim) return answer;
    const { status, kind } = answer;
    const headers = lastingHeaders(answer.headers);
    if (!this.#isTried(status)) claim.release();
    else if (kind === 'plain') await claim.keep({ status, headers, body: answer.body });
    else {
      const keep = (body: Uint8Array): Promise<void> => claim.keep({ status, headers, body });
      return { ...answer, chunks: new PassingChunks(answer.chunks, new KeptChunks({ claim, keep })) };
    }
    return answer;
  }

  #isTried(status: number): boolean {
    const { call } = this.#run;
    if (!call.accepted || NOT_TRIED.has(status)) return false;
    return status < 400 || call.attempts.length > 0;
  }

  #replay({ status, headers, body }: KeptAnswer): PlainAnswer {
    const { call } = this.#run;
    call.status = status;
    call.scope.settle({ kind: 'completed' });
    return { kind: 'plain', status, headers: { ...headers, ...REPLAYED, ...advice(status) }, body };
  }
}

/** The same key would only bring the same failure: SDKs of all dialects look for this header. */
function advice(status: number): Readonly<Record<string, string>> {
  return status >= 400 ? { 'x-should-retry': 'false' } : {};
}

function readKey({ [HEADER]: key }: IncomingHeaders): string {
  if (typeof key === 'string' && VALID.test(key)) return key;
  throw gatewayError('invalid_value', {
    message: 'The header Idempotency-Key must have 1 to 255 printable ASCII characters.',
    details: { param: HEADER },
  });
}

function endUnlessLeft({ aborted, reason }: AbortSignal, claim: IdempotencyClaim): void {
  if (aborted && !isGatewayError(reason, 'client_closed_request')) claim.abort(reason as Error);
}

/** Headers that are true of the moment alone in which an answer was made. */
const PASSING = /^(?:x-sluice-overhead-ms|x-should-retry|retry-after(?:-ms)?|content-length|age)$|ratelimit/;

/** Headers that say what an answer is, and how it was made: true of the first one and of each further one. */
function lastingHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lasting: Record<string, string> = {};
  for (const name in headers) if (!PASSING.test(name)) lasting[name] = headers[name] as string;
  return lasting;
}

import { gatewayError, isGatewayError, toGatewayError } from '@sluice/contract';
import type { Principal } from '@sluice/contract';
import type { Answer, ReceivedCall } from '@sluice/core';
import type { Callers } from './callers.js';
import type { Cors } from '../cors/cors.js';
import { bodyTooLarge } from './refusals.js';
import { edgeHeaders } from './send-answer.js';
import { sendsCredential } from './sends-credential.js';
import { toReadable } from './to-readable.js';

export interface InProcessDeps {
  readonly callers: Callers;
  /** Who calls where no key is sent; absent = a key is needed. */
  readonly principal?: Principal | undefined;
  answer(method: string, url: URL, received: ReceivedCall): Promise<Answer>;
  readonly cors: Cors;
}

/** A web `Request` answered without a socket. Rejects with the reason of the request's own signal. */
export async function answerWebRequest(request: Request, deps: InProcessDeps): Promise<Response> {
  const headers = Object.fromEntries(request.headers);
  const { received, abort, leave } = deps.callers.admit({
    headers,
    principal: sendsCredential(headers) ? undefined : deps.principal,
    readBody: (limit) => readRequestBody(request, limit),
  });
  const onAbort = (): void => abort(gatewayError('client_closed_request'));
  if (request.signal.aborted) onAbort();
  request.signal.addEventListener('abort', onAbort, { once: true });
  let answer: Answer | undefined;
  try {
    const url = new URL(request.url);
    answer = await deps.answer(request.method, url, received);
    const extra = deps.cors.headers({ method: request.method, path: url.pathname, headers });
    const response = toResponse(answer, request, { received, leave, extra });
    request.signal.throwIfAborted();
    return response;
  } catch (cause) {
    // A stream that nobody will read ends by this.
    abort(toGatewayError(cause));
    throw cause;
  } finally {
    // A stream leaves by itself, when it has ended.
    if (answer?.kind !== 'stream') leave();
  }
}

/** As `readBody` reads from a socket: an announced length is judged before a byte is read, and never more is kept. */
async function readRequestBody({ headers, body }: Request, limit: number): Promise<Uint8Array> {
  if (Number(headers.get('content-length') ?? 0) > limit) throw bodyTooLarge(limit);
  if (!body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > limit) throw bodyTooLarge(limit);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw isGatewayError(cause) ? cause : gatewayError('client_closed_request', { cause });
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, length);
}

/** With these statuses, the standard refuses a body that is not `null`. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

type Guest = Pick<ReturnType<Callers['admit']>, 'received' | 'leave'> & {
  readonly extra: Readonly<Record<string, string>> | undefined;
};

function toResponse(answer: Answer, { method, signal: caller }: Request, { received, leave, extra }: Guest): Response {
  const { status } = answer;
  const headers = { ...answer.headers, ...edgeHeaders(received, answer.headers, extra) };
  if (answer.kind === 'stream') {
    const body = toReadable(answer.chunks, { ending: received.signal, caller, leave });
    return new Response(body, { status, headers });
  }
  return new Response(BODILESS.has(status) || method === 'HEAD' ? null : answer.body, { status, headers });
}

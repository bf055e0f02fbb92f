import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Principal } from '@sluice/contract';
import { readCredential } from '@sluice/auth';
import type { Answer, ReceivedCall } from '@sluice/core';
import { readTraceContext } from '@sluice/telemetry';
import type { RandomHex } from '@sluice/telemetry';
import type { Callers } from './caller.js';
import { clientRequestId } from './request-ids.js';
import { edgeHeaders } from './send-answer.js';
import { toReadable } from './to-readable.js';
import type { ReadableEvents } from './to-readable.js';

export interface InProcessDeps {
  readonly callers: Callers;
  readonly newRequestId: () => string;
  readonly random: RandomHex;
  readonly bodyLimitBytes: number;
  /** Who calls where no key is sent; absent = a key is needed. */
  readonly principal?: Principal;
  answer(method: string, url: URL, received: ReceivedCall): Promise<Answer>;
}

/** A web `Request` answered without a socket. */
export async function answerWebRequest(request: Request, deps: InProcessDeps): Promise<Response> {
  const headers = Object.fromEntries(request.headers);
  const { controller, leave } = deps.callers.enter();
  const abort = (): void => controller.abort(gatewayError('client_closed_request'));
  if (request.signal.aborted) abort();
  request.signal.addEventListener('abort', abort, { once: true });
  const ownId = clientRequestId(headers);
  const received: ReceivedCall = {
    requestId: deps.newRequestId(),
    ...(ownId === undefined ? {} : { clientRequestId: ownId }),
    headers,
    trace: readTraceContext(headers['traceparent'], deps.random),
    signal: controller.signal,
    ...(deps.principal && !sendsCredential(headers) ? { principal: deps.principal } : {}),
    readBody: () => readRequestBody(request, deps.bodyLimitBytes),
  };
  const answer = await deps.answer(request.method, new URL(request.url), received);
  if (answer.kind === 'plain') leave();
  const response = toResponse(answer, received, { ending: controller.signal, caller: request.signal, leave });
  request.signal.throwIfAborted();
  return response;
}

/** A key that is sent counts, also a wrong one; an empty header is no key. */
function sendsCredential(headers: Readonly<Record<string, string>>): boolean {
  try {
    readCredential(headers);
    return true;
  } catch (cause) {
    return !isGatewayError(cause, 'missing_api_key');
  }
}

async function readRequestBody(request: Request, limit: number): Promise<Uint8Array> {
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length <= limit) return body;
  throw gatewayError('request_too_large', { message: `The body is larger than ${limit} bytes.` });
}

function toResponse(answer: Answer, received: ReceivedCall, events: ReadableEvents): Response {
  const { status } = answer;
  const headers = { ...answer.headers, ...edgeHeaders(received) };
  if (answer.kind === 'stream') return new Response(toReadable(answer.chunks, events), { status, headers });
  return new Response(status === 204 ? null : answer.body, { status, headers });
}

import { answerHeaders } from '../answer-headers.js';
import type { PlainAnswer } from '../answer.js';
import type { CallContext } from './run-context.js';

/** What the answer says about how it was made, with the caller's limits once they were asked. */
export function headersOf({ call, lease, admission }: CallContext): Record<string, string> {
  const headers = answerHeaders(call, lease.snapshot.version);
  return admission ? Object.assign(headers, admission.headers) : headers;
}

/** A whole answer: the request has ended with it. */
export function finishPlain(run: CallContext, body: Uint8Array | string, contentType: string): PlainAnswer {
  const headers = headersOf(run);
  headers['content-type'] = contentType;
  run.call.status = 200;
  run.call.scope.settle(run.call.completed());
  return { kind: 'plain', status: 200, headers, body };
}

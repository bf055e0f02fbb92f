import type { History } from '@sluice/contract';
import type { Answer } from './answer.js';
import type { Call } from './call.js';
import { PassingChunks } from './passing-chunks.js';
import type { Chunk } from './passing-chunks.js';

/** Shows the history what the caller sent, and what it gets from here on. Of a request without a row, it learns nothing. */
export function tellHistory(
  { call, history }: { readonly call: Call; readonly history: History },
  answer: Answer,
): Answer {
  const { given, received, requestedModel: model } = call;
  if (!call.accepted || !given) return answer;
  const contentType = received.headers['content-type'];
  const request = { id: received.requestId, model, contentType: String(contentType ?? ''), body: given };
  const capture = history.begin(request, answer.headers['content-type'] ?? '');
  if (!capture) return answer;
  const end = (): void => capture.end(hasFailed(call));
  if (answer.kind === 'stream') {
    const onlooker = {
      saw: (chunk: Chunk) => capture.push(chunk),
      ended: end,
      failed: () => capture.end(true),
      left: end,
    };
    return { ...answer, chunks: new PassingChunks(answer.chunks, onlooker) };
  }
  capture.push(answer.body);
  end();
  return answer;
}

/** Work that goes on without its caller has not failed yet. */
function hasFailed({ scope: { outcome } }: Call): boolean {
  return outcome !== undefined && outcome.kind !== 'completed';
}

import type { ChatRequest } from '@sluice/contract';
import fc from 'fast-check';
import { randomChatRequest } from '../random-request.js';
import type { RandomRequestOptions } from '../random-request.js';
import { seededRandom } from '../split-chunks.js';
import { answer, usage } from './answers.js';
import { pieces, stream } from './streams.js';
import { toolJson, toolObject, words } from './words.js';

/** Any request that {@link randomChatRequest} makes. */
function request(options: RandomRequestOptions): fc.Arbitrary<ChatRequest> {
  return fc.integer({ min: 0 }).map((seed) => randomChatRequest(seededRandom(seed), options));
}

/** What properties of adapters and dialects are held against, for fast-check. */
export const arbitraries = { answer, pieces, request, stream, toolJson, toolObject, usage, words };

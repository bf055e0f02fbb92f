import { gatewayError } from '@sluice/contract';
import type { ChatRequest, Encoded, Operation, Passthrough, Target, TokenCount } from '@sluice/contract';
import { editCallBody, parseUpstreamJson } from '@sluice/toolkit';
import { ANTHROPIC_COUNT_TOKENS } from '@sluice/toolkit/anthropic-wire';
import { toBody } from './chat/encode.js';
import type { WrittenBody } from './chat/encode.js';
import { FEATURES } from './chat/operation.js';
import type { Account } from './chat/operation.js';
import { takesAsItIs } from './chat/takes.js';
import { withBetas, withCallerHeaders } from './headers.js';
import { toApiUrl } from './url.js';

const PATH = 'messages/count_tokens';
/**
 * What a count has no field for: it is asked what a prompt would cost, not how an answer is to be made.
 * npm @anthropic-ai/sdk 1.14.0, resources/messages/messages.d.ts, `MessageCountTokensParams`.
 */
const OF_ANSWERS: ReadonlySet<string> = new Set([
  'max_tokens',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
  'service_tier',
  'container',
  'diagnostics',
  'inference_geo',
]);

/** Counts a prompt over `POST /v1/messages/count_tokens`. */
export function createCountTokens(account: Account): Operation<ChatRequest, TokenCount, never> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeCount(request, target, account),
    decode: decodeCount,
    passthroughs: [createCountPassthrough(account)],
  };
}

function encodeCount(request: ChatRequest, target: Target, account: Account): Encoded {
  const { body, betas, adjustments } = toCountBody(request, target, account);
  return {
    request: {
      method: 'POST',
      url: toApiUrl(target.baseUrl, PATH),
      headers: withBetas(account.headers, betas),
      body: JSON.stringify(body),
    },
    adjustments,
  };
}

/** The body of a count: what an answer would be asked for with, but for what only answers need. */
export function toCountBody(
  request: ChatRequest,
  target: Pick<Target, 'model' | 'facts'>,
  account: Pick<Account, 'version'>,
): WrittenBody {
  const written = toBody(request, target, account);
  return {
    ...written,
    body: Object.fromEntries(Object.entries(written.body).filter(([name]) => !OF_ANSWERS.has(name))),
  };
}

export function decodeCount(body: Uint8Array): TokenCount {
  const { input_tokens: inputTokens } = parseUpstreamJson(body);
  if (typeof inputTokens === 'number') return { inputTokens };
  throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a count of tokens." });
}

/** Bytes between a caller and a vendor who both count in this dialect. A count is free: there is no usage to settle. */
function createCountPassthrough({ headers, version }: Account): Passthrough {
  return {
    dialect: ANTHROPIC_COUNT_TOKENS,
    takes: (call, target) => takesAsItIs(call, target, version),
    encode: (call, target) => ({
      method: 'POST',
      url: toApiUrl(target.baseUrl, PATH),
      headers: withCallerHeaders(headers, call),
      body: editCallBody(call, { model: target.model }),
    }),
    inspect(body) {
      decodeCount(body);
      return {};
    },
  };
}

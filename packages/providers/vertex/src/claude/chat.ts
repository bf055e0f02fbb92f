import type { ChatRequest, Encoded, Target } from '@sluice/contract';
import { FEATURES, createStreamDecoder, decodeChat, toBody, withBetas } from '@sluice/provider-anthropic/internal';
import type { StreamedChat } from '@sluice/provider-google/internal';
import type { Account } from '../account.js';
import { readModel } from '../model.js';
import { refuseRemoteMedia } from './media.js';
import { createPassthrough } from './passthrough.js';
import { toPredictUrl } from './predict-url.js';
import { CODEC_VERSION, toBodyVersion } from './version.js';

/**
 * Claude over `:rawPredict` and `:streamRawPredict`, which carry Anthropic's messages as they are, but for the model,
 * which stands in the address. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude
 */
export function createClaudeChat(account: Account): StreamedChat {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, account),
    decode: decodeChat,
    stream: { framing: 'sse', open: createStreamDecoder },
    passthroughs: [createPassthrough(account)],
  };
}

function encodeChat(request: ChatRequest, target: Target, account: Account): Encoded {
  refuseRemoteMedia(request);
  const { name: model } = readModel(target.model);
  const { body, betas, adjustments } = toBody(request, { ...target, model }, CODEC_VERSION);
  const { model: _, ...rest } = body;
  return {
    request: {
      method: 'POST',
      url: toPredictUrl(account, target, request.stream),
      headers: withBetas(account.headers, betas),
      body: JSON.stringify({ anthropic_version: toBodyVersion(), ...rest }),
    },
    adjustments,
  };
}

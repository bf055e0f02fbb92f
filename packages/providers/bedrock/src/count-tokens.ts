import { gatewayError } from '@sluice/contract';
import type { ChatRequest, Feature, JsonObject, Operation, TokenCount } from '@sluice/contract';
import { parseUpstreamJson } from '@sluice/toolkit';
import { toPlans } from './chat/encode.js';
import { toAdjustments, toBody } from './chat/plan.js';
import type { Headers } from './headers.js';
import { toModelUrl } from './url.js';

const FEATURES: ReadonlySet<Feature> = new Set(['tools', 'vision', 'files', 'audio', 'json-schema', 'reasoning']);

/** What a chat would cost, over `POST /model/{id}/count-tokens`. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html */
export function createCountTokens(headers: Headers): Operation<ChatRequest, TokenCount, never> {
  return {
    features: FEATURES,
    encode(request, target) {
      const plans = toPlans(request, target);
      const body = JSON.stringify({ input: { converse: toCounted(toBody(plans)) } });
      const url = toModelUrl(target, 'count-tokens');
      return { request: { method: 'POST', url, headers, body }, adjustments: toAdjustments(plans) };
    },
    decode(body) {
      const { inputTokens } = parseUpstreamJson(body);
      if (typeof inputTokens === 'number' && Number.isSafeInteger(inputTokens)) return { inputTokens };
      throw gatewayError('upstream_invalid_response', { message: 'The provider answered something that is no count.' });
    },
  };
}

/** The fields that the API counts. */
function toCounted({ messages, system, toolConfig, additionalModelRequestFields }: JsonObject): JsonObject {
  return { messages, system, toolConfig, additionalModelRequestFields };
}

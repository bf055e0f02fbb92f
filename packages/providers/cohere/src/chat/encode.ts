import type { ChatRequest, Encoded, Target } from '@sluice/contract';
import { changed, droppedAsides, droppedFields, endpoint, nativeExtensions } from '@sluice/toolkit';
import { CHAT_FIELDS } from '../extensions.js';
import { planMessages } from './messages.js';
import { planOutput } from './output.js';
import type { Plan } from './plan.js';
import { planSampling } from './sampling.js';
import { planThinking } from './thinking.js';
import { planTools } from './tools.js';

const MAX_STOP_SEQUENCES = 5;

/** What the vendor has no field for. */
const MISSING = {
  vendorTools: 'tools',
  verbosity: 'verbosity',
  serviceTier: 'service_tier',
  promptCacheKey: 'prompt_cache_key',
  user: 'user',
} as const satisfies Partial<Record<keyof ChatRequest, string>>;

/** A chat request as a call of `POST /v2/chat`. Field names: npm cohere-ai 8.1.0, `V2ChatRequest`. */
export function encodeChat(request: ChatRequest, target: Target, headers: Readonly<Record<string, string>>): Encoded {
  const plans = toPlans(request, target.model);
  const body = JSON.stringify(Object.assign({ model: target.model }, ...plans.map(({ fields }) => fields)));
  return {
    request: { method: 'POST', url: endpoint(target.baseUrl, 'v2/chat'), headers, body },
    adjustments: plans.flatMap(({ adjustments }) => adjustments),
  };
}

/** In the order in which they are laid over each other: the caller's own words for the vendor come first. */
function toPlans(request: ChatRequest, model: string): readonly Plan[] {
  const own = nativeExtensions(request, CHAT_FIELDS);
  return [
    own,
    planMessages(request.messages),
    planSampling(request),
    planThinking(request, model),
    planTools(request),
    planOutput(request, 'documents' in own.fields),
    planRest(request),
  ];
}

function planRest(request: ChatRequest): Plan {
  const { stream, maxOutputTokens, stop } = request;
  return {
    fields: {
      stream: stream ? true : undefined,
      max_tokens: maxOutputTokens,
      stop_sequences: stop?.slice(0, MAX_STOP_SEQUENCES),
    },
    adjustments: [
      ...changed('stop', stop !== undefined && stop.length > MAX_STOP_SEQUENCES),
      ...droppedAsides(request, ['cache_control', 'tool_result.is_error']),
      ...droppedFields(request, MISSING),
    ],
  };
}

import type { Adjustment, ChatRequest, Encoded, JsonObject, Target } from '@sluice/contract';
import { adjusted, dropped } from '@sluice/toolkit';
import { withBetas } from '../headers.js';
import { toApiUrl } from '../url.js';
import { planExtensions, withNested } from './extensions.js';
import { toHeldSchema } from './held-schema.js';
import { toModelFamily } from './model-family.js';
import type { ModelFamily } from './model-family.js';
import type { Account } from './operation.js';
import type { Plan } from './plan.js';
import { planReasoning } from './reasoning.js';
import { planSampling } from './sampling.js';
import { planTier } from './tier.js';
import { planTools } from './tools.js';
import { planTurns } from './turns.js';

/** A chat request as a call of `POST /v1/messages`. Throws `invalid_value` for content that has no form there. */
export function encodeChat(request: ChatRequest, target: Target, account: Account): Encoded {
  const { body, betas, adjustments } = toBody(request, target, account);
  const headers = withBetas(account.headers, betas);
  return {
    request: { method: 'POST', url: toApiUrl(target.baseUrl, 'messages'), headers, body: JSON.stringify(body) },
    adjustments,
  };
}

/** A body of the messages API, and what its request could not keep. */
export interface WrittenBody {
  readonly body: JsonObject;
  /** The caller's beta features, which the vendor takes as a header. */
  readonly betas: string | undefined;
  readonly adjustments: readonly Adjustment[];
}

/** The body for a model, in the version of the API that the account speaks. */
export function toBody(
  request: ChatRequest,
  { model, facts }: Pick<Target, 'model' | 'facts'>,
  { version }: Pick<Account, 'version'>,
): WrittenBody {
  const first = version === '2023-06-01';
  const known = toModelFamily(model, facts);
  const family = first ? known : { ...known, sampling: false };
  const extensions = planExtensions(request);
  const plans = [
    // What the caller's own dialect added never replaces what the request says itself.
    extensions,
    planTurns(request.messages, { ...family, userCitations: first }),
    ...planAnswer(request, family),
    planTools(request),
    planRest(request),
  ];
  const body = Object.assign({ model }, ...plans.map(({ fields }) => fields)) as JsonObject;
  return {
    body: withNested(body, extensions.nested),
    betas: extensions.betas,
    adjustments: plans.flatMap(({ adjustments }) => adjustments),
  };
}

/** How the model thinks, samples and writes. */
function planAnswer(request: ChatRequest, family: ModelFamily): readonly Plan[] {
  const reasoning = planReasoning(request, family);
  return [reasoning, planSampling(request, family, reasoning.thinks), planOutput(request, reasoning.effort)];
}

/** The wire asks for a schema or for none: there is no way to ask for JSON of any shape. */
function planOutput({ responseFormat: format }: ChatRequest, effort: string | undefined): Plan {
  const asked = format?.type === 'json-schema' ? format : undefined;
  const held = asked && toHeldSchema(asked.schema);
  const config = {
    ...(effort === undefined ? {} : { effort }),
    ...(held ? { format: { type: 'json_schema', schema: held.schema } } : {}),
  };
  return {
    fields: Object.keys(config).length === 0 ? {} : { output_config: config },
    adjustments: [
      ...(format?.type === 'json' ? adjusted('response_format', 'dropped') : []),
      ...(held?.changed ? adjusted('response_format.schema', 'changed') : []),
      ...dropped('response_format.description', asked?.description),
    ],
  };
}

function planRest(request: ChatRequest): Plan {
  const { stream, stop = [], user } = request;
  const sequences = stop.filter((text) => /\S/.test(text));
  const tier = planTier(request.serviceTier);
  return {
    fields: {
      ...(stream ? { stream } : {}),
      ...(sequences.length === 0 ? {} : { stop_sequences: sequences }),
      ...(user === undefined ? {} : { metadata: { user_id: user } }),
      ...tier.fields,
    },
    adjustments: [
      ...(sequences.length === stop.length ? [] : adjusted('stop', 'changed')),
      ...tier.adjustments,
      ...dropped('verbosity', request.verbosity),
      ...dropped('logprobs', request.logprobs),
      ...dropped('prompt_cache_key', request.promptCacheKey),
    ],
  };
}

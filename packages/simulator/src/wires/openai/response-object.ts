import { padded, type Finish, type Identity } from '../wire.js';
import { seal } from '../../signer.js';
import type { ContentStep } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

/** How the caller wants its response. */
export interface ResponseForm {
  /** The body as it came, whose settings the answer repeats. */
  readonly body: JsonObject;
  readonly showsSummary: boolean;
  /** The reasoning goes along, sealed, to be sent back. */
  readonly sealsReasoning: boolean;
}

export const responseId = ({ number }: Identity): string => `resp_sim_${padded(number)}`;

type Status = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

export interface ResponseState {
  readonly status: Status;
  readonly output: readonly JsonObject[];
  readonly usage: TokenCount | undefined;
  readonly finish?: Finish;
  readonly error?: JsonObject;
}

/** The response object as of now. */
export function writeResponse(state: ResponseState, identity: Identity, { body }: ResponseForm): JsonObject {
  const { status, output, usage, finish, error } = state;
  const reason = finish?.reason === 'length' ? 'max_output_tokens' : 'content_filter';
  return {
    id: responseId(identity),
    object: 'response',
    created_at: identity.createdSeconds,
    status,
    background: body['background'] === true,
    completed_at: status === 'completed' ? identity.createdSeconds : null,
    error: error ?? null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    ...settingsOf(body),
    model: identity.model,
    output,
    usage: usage ? writeUsage(usage) : null,
    access_programs: null,
  };
}

/** What the vendor repeats of the request, defaults filled in. */
function settingsOf(body: JsonObject): JsonObject {
  const text = (body['text'] ?? {}) as JsonObject;
  const reasoning = (body['reasoning'] ?? {}) as JsonObject;
  return {
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: body['max_tool_calls'] ?? null,
    metadata: body['metadata'] ?? {},
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    prompt_cache_retention: body['prompt_cache_retention'] ?? null,
    reasoning: { effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null },
    safety_identifier: body['safety_identifier'] ?? null,
    service_tier: 'default',
    store: body['store'] ?? true,
    temperature: body['temperature'] ?? 1,
    text: { format: text['format'] ?? { type: 'text' }, verbosity: text['verbosity'] ?? 'medium' },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body['tools'] ?? [],
    top_logprobs: body['top_logprobs'] ?? 0,
    top_p: body['top_p'] ?? 1,
    truncation: body['truncation'] ?? 'disabled',
    user: body['user'] ?? null,
  };
}

function writeUsage({ input, output, reasoning, cached, written5m }: TokenCount): JsonObject {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: written5m },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

export function statusOf({ reason }: Finish): 'completed' | 'incomplete' {
  return reason === 'length' || reason === 'content-filter' ? 'incomplete' : 'completed';
}

const PREFIXES = { text: 'msg', refusal: 'msg', reasoning: 'rs', 'tool-call': 'fc' } as const;

/** A whole item of an answer. `index` is its place. */
export function toItem(
  step: ContentStep,
  index: number,
  { identity, form }: { readonly identity: Identity; readonly form: ResponseForm },
): JsonObject {
  const number = padded(identity.number);
  const custom = step.type === 'tool-call' && step.custom === true;
  const id = `${custom ? 'ctc' : PREFIXES[step.type]}_sim_${number}_${index}`;
  switch (step.type) {
    case 'text':
      return message(id, { type: 'output_text', annotations: [], logprobs: [], text: step.text });
    case 'refusal':
      return message(id, { type: 'refusal', refusal: step.text });
    case 'reasoning':
      return {
        id,
        type: 'reasoning',
        summary: form.showsSummary ? [{ type: 'summary_text', text: step.text }] : [],
        ...(form.sealsReasoning && { encrypted_content: seal('openai', step.text) }),
      };
    case 'tool-call': {
      const call = { id, status: 'completed', call_id: `call_sim_${number}_${index}`, name: step.name };
      return custom
        ? { ...call, type: 'custom_tool_call', input: step.json }
        : { ...call, type: 'function_call', arguments: step.json };
    }
  }
}

function message(id: string, part: JsonObject): JsonObject {
  return { id, type: 'message', status: 'completed', role: 'assistant', content: [part] };
}

import { joinSteps, padded, type Answer, type Finish, type Identity } from '../wire.js';
import { sign } from '../../signer.js';
import type { ContentStep, FinishReason } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

/** How the caller wants its answer. */
export interface MessageForm {
  /** The thinking is signed but not shown. */
  readonly hidesThinking: boolean;
}

const STOP_REASON: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
};

/** What the cache gave and took is counted beside the rest of the input. */
export function writeUsage(count: TokenCount): JsonObject {
  const { input, output, reasoning, cached, written5m, written1h } = count;
  return {
    input_tokens: input - cached - written5m - written1h,
    cache_creation_input_tokens: written5m + written1h,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: written5m, ephemeral_1h_input_tokens: written1h },
    output_tokens: output,
    output_tokens_details: reasoning > 0 ? { thinking_tokens: reasoning } : null,
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
  };
}

export function envelope({ number, model }: Identity): JsonObject {
  return {
    id: `msg_sim_${padded(number)}`,
    type: 'message',
    role: 'assistant',
    model,
    container: null,
    diagnostics: null,
  };
}

export function toolUseId({ number }: Identity, index: number): string {
  return `toolu_sim_${padded(number)}_${index}`;
}

/** What ended the message: reason, sequence and the details of a refusal. */
export function toStop(finish: Finish | undefined, content: readonly ContentStep[]): JsonObject {
  const refusal = content.find((step) => step.type === 'refusal');
  const reason = finish?.stop === undefined ? finish && STOP_REASON[finish.reason] : 'stop_sequence';
  return {
    stop_reason: reason ?? null,
    stop_sequence: finish?.stop ?? null,
    stop_details: refusal ? { type: 'refusal', category: null, explanation: refusal.text } : null,
  };
}

export function writeMessage({ content, finish, usage }: Answer, identity: Identity, form: MessageForm): JsonObject {
  return {
    ...envelope(identity),
    content: joinSteps(content).flatMap((step, index) => toBlock(step, toolUseId(identity, index), form)),
    ...toStop(finish, content),
    ...(usage && { usage: writeUsage(usage) }),
  };
}

/** A refusal has no block: the stop reason tells of it. */
function toBlock(step: ContentStep, id: string, { hidesThinking }: MessageForm): readonly JsonObject[] {
  switch (step.type) {
    case 'text':
      return [{ type: 'text', text: step.text, citations: null }];
    case 'reasoning': {
      const thinking = hidesThinking ? '' : step.text;
      return [{ type: 'thinking', thinking, signature: sign('anthropic', thinking) }];
    }
    case 'tool-call':
      return [
        { type: 'tool_use', id, name: step.name, input: JSON.parse(step.json) as unknown, caller: { type: 'direct' } },
      ];
    case 'refusal':
      return [];
  }
}

import {
  frame,
  joinSteps,
  padded,
  pieces,
  type Answer,
  type Ending,
  type Finish,
  type Identity,
  type StreamRendering,
} from '../wire.js';
import type { ContentStep, Fault, FinishReason } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

const FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  'tool-calls': 'TOOL_CALL',
  'content-filter': 'ERROR',
};

function finishOf({ reason, stop }: Finish): string {
  return stop === undefined ? FINISH[reason] : 'STOP_SEQUENCE';
}

/** What is billed leaves out what the service put in; here that is nothing. */
function writeUsage({ input, output, cached }: TokenCount): JsonObject {
  const counted = { input_tokens: input, output_tokens: output };
  return { billed_units: counted, tokens: counted, cached_tokens: cached };
}

const idOf = ({ number }: Identity): string => `00000000-0000-4000-8000-${padded(number).padStart(12, '0')}`;
const callId = ({ number }: Identity, index: number): string => `call_sim_${padded(number)}_${index}`;

export function writeCohere({ content, finish, usage }: Answer, identity: Identity): JsonObject {
  const joined = joinSteps(content);
  const calls = joined.filter((step) => step.type === 'tool-call');
  const blocks = joined.flatMap((step) => toBlock(step));
  const message = {
    role: 'assistant',
    ...(blocks.length > 0 && { content: blocks }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ name, json }, index) => ({
        id: callId(identity, index),
        type: 'function',
        function: { name, arguments: json },
      })),
    }),
  };
  return {
    id: idOf(identity),
    message,
    ...(finish && { finish_reason: finishOf(finish) }),
    ...(usage && { usage: writeUsage(usage) }),
  };
}

function toBlock(step: ContentStep): readonly JsonObject[] {
  if (step.type === 'tool-call') return [];
  return [step.type === 'reasoning' ? { type: 'thinking', thinking: step.text } : { type: 'text', text: step.text }];
}

export function openCohereStream(identity: Identity): StreamRendering {
  return new CohereStream(identity);
}

const event = (type: string, fields: JsonObject): string => frame({ type, ...fields }, type);

/** docs.cohere.com/v2/docs/streaming */
class CohereStream implements StreamRendering {
  readonly #identity: Identity;
  #index = -1;
  #calls = -1;
  #open: 'text' | 'thinking' | undefined;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  open(): string {
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
    return event('message-start', { id: idOf(this.#identity), delta: { message } });
  }

  content(step: ContentStep): string {
    if (step.type === 'tool-call') return this.#close() + this.#call(step.name, step.json);
    return this.#block(step.type === 'reasoning' ? 'thinking' : 'text', step.text);
  }

  keepAlive(): string {
    return ': keep-alive\n\n';
  }

  finish(finish: Finish, usage: TokenCount | undefined): Ending {
    const delta = { finish_reason: finishOf(finish), ...(usage && { usage: writeUsage(usage) }) };
    return { body: this.#close() + event('message-end', { delta }), terminal: frame('[DONE]') };
  }

  /** An error inside a stream is its end. */
  fault({ message }: Fault): string {
    return event('message-end', { delta: { finish_reason: 'ERROR', error: message } });
  }

  malformed(): string {
    return frame('{"type":"content-delta","index":', 'content-delta');
  }

  #block(type: 'text' | 'thinking', text: string): string {
    const before = this.#open === type ? '' : this.#close() + this.#start(type);
    return before + event('content-delta', { index: this.#index, delta: { message: { content: { [type]: text } } } });
  }

  #start(type: 'text' | 'thinking'): string {
    this.#open = type;
    this.#index += 1;
    return event('content-start', { index: this.#index, delta: { message: { content: { type, [type]: '' } } } });
  }

  #call(name: string, json: string): string {
    this.#calls += 1;
    const index = this.#calls;
    const call = { id: callId(this.#identity, index), type: 'function', function: { name, arguments: '' } };
    const rest = pieces(json).map((part) =>
      event('tool-call-delta', { index, delta: { message: { tool_calls: { function: { arguments: part } } } } }),
    );
    return (
      event('tool-call-start', { index, delta: { message: { tool_calls: call } } }) +
      rest.join('') +
      event('tool-call-end', { index })
    );
  }

  #close(): string {
    if (!this.#open) return '';
    this.#open = undefined;
    return event('content-end', { index: this.#index });
  }
}

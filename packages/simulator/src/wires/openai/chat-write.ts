import { OPENAI } from './vendor.js';
import { frame, padded, pieces, type Answer, type Finish, type Identity, type StreamRendering } from '../wire.js';
import type { ContentStep, FinishReason } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

/** How the caller wants its answer. */
export interface ChatForm {
  readonly choices: number;
  /** A last chunk with the usage of a stream. */
  readonly usageAsked: boolean;
  /** As the servers do that show it: the vendor itself keeps it. */
  readonly showsReasoning: boolean;
  readonly logprobs: boolean;
  readonly writeUsage: (count: TokenCount) => JsonObject;
}

type ToolCall = ContentStep & { readonly type: 'tool-call' };

const FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
};

export function writeChat({ content, finish, usage }: Answer, identity: Identity, form: ChatForm): JsonObject {
  const message = toMessage(content, identity, form);
  const texts = content.filter((step) => step.type === 'text').map(({ text }) => text);
  const choices = Array.from({ length: form.choices }, (_, index) => ({
    index,
    message,
    logprobs: form.logprobs ? writeLogprobs(texts) : null,
    finish_reason: finish ? FINISH[finish.reason] : null,
  }));
  return { ...envelope(identity, 'chat.completion'), choices, ...(usage && { usage: form.writeUsage(usage) }) };
}

function toMessage(content: readonly ContentStep[], identity: Identity, { showsReasoning }: ChatForm): JsonObject {
  const join = (type: 'text' | 'reasoning' | 'refusal'): string =>
    content.map((step) => (step.type === type ? step.text : '')).join('');
  const calls = content.filter((step) => step.type === 'tool-call');
  const [text, reasoning, refusal] = [join('text'), join('reasoning'), join('refusal')];
  return {
    role: 'assistant',
    content: text === '' && (refusal !== '' || calls.length > 0) ? null : text,
    refusal: refusal === '' ? null : refusal,
    annotations: [],
    ...(reasoning !== '' && showsReasoning && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls.map((call, index) => toWireCall(call, callId(identity, index))) }),
  };
}

function toWireCall({ name, json, custom }: ToolCall, id: string): JsonObject {
  return custom
    ? { id, type: 'custom', custom: { name, input: json } }
    : { id, type: 'function', function: { name, arguments: json } };
}

function envelope({ number, model, createdSeconds }: Identity, object: string): JsonObject {
  return {
    id: `chatcmpl-sim-${padded(number)}`,
    object,
    created: createdSeconds,
    model,
    service_tier: 'default',
    system_fingerprint: 'fp_sim',
  };
}

function callId({ number }: Identity, index: number): string {
  return `call_sim_${padded(number)}_${index}`;
}

/** Every token is as likely as any other here; there is no alternative to it. */
function writeLogprobs(texts: readonly string[]): JsonObject {
  const tokens = texts.map((token) => ({ token, logprob: -0.1, bytes: [...Buffer.from(token)] }));
  return { content: tokens.map((token) => ({ ...token, top_logprobs: [token] })), refusal: null };
}

export function openChatStream(identity: Identity, form: ChatForm): StreamRendering {
  return new ChatStream(identity, form);
}

class ChatStream implements StreamRendering {
  readonly #identity: Identity;
  readonly #form: ChatForm;
  readonly #head: JsonObject;
  #calls = 0;

  constructor(identity: Identity, form: ChatForm) {
    this.#identity = identity;
    this.#form = form;
    this.#head = envelope(identity, 'chat.completion.chunk');
  }

  open(): string {
    return this.#chunk({ role: 'assistant', content: '', refusal: null });
  }

  content(step: ContentStep): string {
    switch (step.type) {
      case 'text':
        return this.#chunk({ content: step.text }, null, this.#form.logprobs ? writeLogprobs([step.text]) : null);
      case 'reasoning':
        return this.#form.showsReasoning ? this.#chunk({ reasoning_content: step.text }) : '';
      case 'refusal':
        return this.#chunk({ refusal: step.text });
      case 'tool-call':
        return this.#toolCall(step);
    }
  }

  keepAlive(): string {
    return ': keep-alive\n\n';
  }

  finish({ reason }: Finish, usage: TokenCount | undefined): { readonly body: string; readonly terminal: string } {
    const { usageAsked, writeUsage } = this.#form;
    const last = usageAsked && usage ? frame({ ...this.#head, choices: [], usage: writeUsage(usage) }) : '';
    return { body: this.#chunk({}, FINISH[reason]) + last, terminal: frame('[DONE]') };
  }

  fault(fault: Parameters<StreamRendering['fault']>[0]): string {
    return frame(OPENAI.fault(fault, '', ''));
  }

  malformed(): string {
    return frame('{"id":"chatcmpl-sim","choices":[{"delta":');
  }

  #chunk(delta: JsonObject, finish: string | null = null, logprobs: JsonObject | null = null): string {
    const { choices, usageAsked } = this.#form;
    const write = (index: number): string =>
      frame({
        ...this.#head,
        choices: [{ index, delta, logprobs, finish_reason: finish }],
        ...(usageAsked && { usage: null }),
      });
    return Array.from({ length: choices }, (_, index) => write(index)).join('');
  }

  #toolCall({ name, json, custom }: ToolCall): string {
    const index = this.#calls++;
    const type = custom ? 'custom' : 'function';
    const field = custom ? 'input' : 'arguments';
    const first = { index, id: callId(this.#identity, index), type, [type]: { name, [field]: '' } };
    const rest = pieces(json).map((part) => this.#chunk({ tool_calls: [{ index, [type]: { [field]: part } }] }));
    return this.#chunk({ tool_calls: [first] }) + rest.join('');
  }
}

import { STOP_REASON, envelope, signature, stopDetails, toolUseId, writeUsage } from './anthropic-shapes.js';
import { anthropicFault } from './anthropic-fault.js';
import { frame, padded, pieces, type Identity, type StreamRendering } from './wire.js';
import type { ContentStep, Fault, FinishReason } from '../steps.js';
import type { JsonObject } from '../question.js';
import type { TokenCount } from '../tokens.js';

/** One streamed message: blocks that never overlap, each opened by its first token and closed by the next kind. */
export function openAnthropicStream(identity: Identity): StreamRendering {
  return new AnthropicStream(identity);
}

const event = (type: string, fields: JsonObject = {}): string => frame({ type, ...fields }, type);

class AnthropicStream implements StreamRendering {
  readonly #identity: Identity;
  #index = -1;
  #open: 'text' | 'reasoning' | undefined;
  #refusal: readonly ContentStep[] = [];

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  open(usage: TokenCount | undefined): string {
    const counted = usage && { usage: writeUsage({ ...usage, output: 1 }) };
    const message = { ...envelope(this.#identity), content: [], stop_reason: null, stop_sequence: null, ...counted };
    return event('message_start', { message });
  }

  content(step: ContentStep): string {
    switch (step.type) {
      case 'text':
        return this.#token('text', { type: 'text', text: '' }) + this.#delta({ type: 'text_delta', text: step.text });
      case 'reasoning':
        return (
          this.#token('reasoning', { type: 'thinking', thinking: '', signature: '' }) +
          this.#delta({ type: 'thinking_delta', thinking: step.text })
        );
      case 'tool-call':
        return this.#close() + this.#toolUse(step.name, step.json);
      case 'refusal':
        this.#refusal = [step];
        return '';
    }
  }

  keepAlive(): string {
    return event('ping');
  }

  finish(reason: FinishReason, usage: TokenCount | undefined): string {
    const stop = { stop_reason: STOP_REASON[reason], stop_sequence: null, ...stopDetails(this.#refusal) };
    const last = event('message_delta', { delta: stop, ...(usage && { usage: writeUsage(usage) }) });
    return this.#close() + last + event('message_stop');
  }

  fault(fault: Fault): string {
    return frame(anthropicFault(fault, `req_sim_${padded(this.#identity.number)}`), 'error');
  }

  /** What has to come before a token of this kind. */
  #token(kind: 'text' | 'reasoning', block: JsonObject): string {
    if (this.#open === kind) return '';
    const before = this.#close();
    this.#open = kind;
    return before + this.#start(block);
  }

  #toolUse(name: string, json: string): string {
    const id = toolUseId(this.#identity, this.#index + 1);
    const opening = this.#start({ type: 'tool_use', id, name, input: {} });
    const deltas = pieces(json).map((part) => this.#delta({ type: 'input_json_delta', partial_json: part }));
    return opening + deltas.join('') + event('content_block_stop', { index: this.#index });
  }

  #start(block: JsonObject): string {
    this.#index += 1;
    const opened = event('content_block_start', { index: this.#index, content_block: block });
    // The vendor's own streams carry their first ping right here.
    return this.#index === 0 ? opened + event('ping') : opened;
  }

  #delta(delta: JsonObject): string {
    return event('content_block_delta', { index: this.#index, delta });
  }

  #close(): string {
    if (!this.#open) return '';
    const signed = this.#open === 'reasoning';
    this.#open = undefined;
    const sign = signed ? this.#delta({ type: 'signature_delta', signature: signature(this.#identity) }) : '';
    return sign + event('content_block_stop', { index: this.#index });
  }
}

import { ANTHROPIC } from './vendor.js';
import { envelope, toStop, toolUseId, writeUsage, type MessageForm } from './shapes.js';
import { frame, padded, pieces, type Ending, type Finish, type Identity, type StreamRendering } from '../wire.js';
import { sign } from '../../signer.js';
import type { ContentStep, Fault } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

/**
 * One streamed message: blocks that never overlap, each opened by its first token and closed by the next kind. Source:
 * platform.claude.com/docs/en/build-with-claude/streaming
 */
export function openAnthropicStream(identity: Identity, form: MessageForm): StreamRendering {
  return new AnthropicStream(identity, form);
}

const event = (type: string, fields: JsonObject = {}): string => frame({ type, ...fields }, type);

class AnthropicStream implements StreamRendering {
  readonly #identity: Identity;
  readonly #form: MessageForm;
  #index = -1;
  #open: 'text' | 'reasoning' | undefined;
  #thinking = '';
  #refusal: readonly ContentStep[] = [];

  constructor(identity: Identity, form: MessageForm) {
    this.#identity = identity;
    this.#form = form;
  }

  open(usage: TokenCount | undefined): string {
    const counted = usage && { usage: writeUsage({ ...usage, output: 1 }) };
    const message = { ...envelope(this.#identity), content: [], ...toStop(undefined, []), ...counted };
    return event('message_start', { message });
  }

  content(step: ContentStep): string {
    switch (step.type) {
      case 'text':
        return (
          this.#token('text', { type: 'text', text: '', citations: null }) +
          this.#delta({ type: 'text_delta', text: step.text })
        );
      case 'reasoning':
        return this.#think(step.text);
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

  finish(finish: Finish, usage: TokenCount | undefined): Ending {
    const delta = { container: null, ...toStop(finish, this.#refusal) };
    const last = event('message_delta', { delta, ...(usage && { usage: deltaUsage(usage) }) });
    return { body: this.#close() + last, terminal: event('message_stop') };
  }

  fault(fault: Fault): string {
    return frame(ANTHROPIC.fault(fault, `req_sim_${padded(this.#identity.number)}`, ''), 'error');
  }

  malformed(): string {
    return frame('{"type":"content_block_delta","index":', 'content_block_delta');
  }

  /** What has to come before a token of this kind. */
  #token(kind: 'text' | 'reasoning', block: JsonObject): string {
    if (this.#open === kind) return '';
    const before = this.#close();
    this.#open = kind;
    return before + this.#start(block);
  }

  #think(text: string): string {
    const opening = this.#token('reasoning', { type: 'thinking', thinking: '', signature: '' });
    if (this.#form.hidesThinking) return opening;
    this.#thinking += text;
    return opening + this.#delta({ type: 'thinking_delta', thinking: text });
  }

  #toolUse(name: string, json: string): string {
    const id = toolUseId(this.#identity, this.#index + 1);
    const opening = this.#start({ type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } });
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
    const signature = signed
      ? this.#delta({ type: 'signature_delta', signature: sign('anthropic', this.#thinking) })
      : '';
    if (signed) this.#thinking = '';
    return signature + event('content_block_stop', { index: this.#index });
  }
}

/** The last event counts in fewer fields than the first. */
function deltaUsage(usage: TokenCount): JsonObject {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens_details } =
    writeUsage(usage);
  return {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens,
    output_tokens_details,
    server_tool_use: null,
  };
}

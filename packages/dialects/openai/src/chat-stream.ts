import type { ChatEvent, StreamWriter, Usage, WholePart, WriteContext } from '@sluice/contract';
import { customInput, writeAudio, writeImage, writeLogprobs, writeUsage } from '@sluice/toolkit/openai-wire';
import { writeFinish } from './chat-write.js';
import { asksInOldForm, customToolNames } from './offered-tools.js';
import { createSaidParts } from './said-parts.js';

/** Writes one stream of chat chunks, all with the same `id`, `created` and `model`, ended by `[DONE]`. */
export function createChunkWriter(context: WriteContext): StreamWriter<ChatEvent> {
  return new ChunkWriter(context);
}

type Of<Type extends ChatEvent['type']> = Extract<ChatEvent, { readonly type: Type }>;

interface Call {
  /** Among the calls. */
  readonly position: number;
  /** Of a call whose input goes out whole, once it is known. */
  custom?: string;
}

class ChunkWriter implements StreamWriter<ChatEvent> {
  readonly #context: WriteContext;
  readonly #isOld: boolean;
  readonly #customs: ReadonlySet<unknown> | undefined;
  /** Everything before `choices`, the same on every chunk. */
  #head = '';
  readonly #tail: string;
  #usage: Usage | undefined;
  /** By the index of its part. */
  readonly #calls = new Map<number, Call>();
  readonly #said = createSaidParts();
  #images = 0;

  constructor(context: WriteContext) {
    this.#context = context;
    this.#isOld = asksInOldForm(context.wire);
    this.#customs = customToolNames(context.wire);
    this.#tail = context.wantsUsage ? ',"usage":null}\n\n' : '}\n\n';
  }

  write(event: ChatEvent): string {
    switch (event.type) {
      case 'start':
        this.#head = writeHead(event, this.#context);
        return this.#delta({ role: 'assistant', content: '' });
      case 'refusal-delta':
        return this.#delta({ refusal: event.text });
      case 'tool-delta':
        return this.#writeArguments(event);
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finish':
        return this.#finish(event);
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-start':
      case 'part-end':
      case 'citation':
      case 'part':
        this.#said.note(event);
        return this.#writePart(event);
    }
  }

  #writePart(event: Of<'text-delta' | 'reasoning-delta' | 'tool-start' | 'part-end' | 'citation' | 'part'>): string {
    switch (event.type) {
      case 'text-delta':
        return this.#writeText(event);
      case 'reasoning-delta':
        return this.#delta({ reasoning_content: event.text });
      case 'tool-start':
        return this.#openCall(event);
      case 'part-end':
        return this.#endCall(event);
      case 'part':
        return this.#writeWhole(event.part);
      case 'citation':
        return '';
    }
  }

  #writeText({ text, logprobs }: Of<'text-delta'>): string {
    if (!logprobs) return this.#delta({ content: text });
    return this.#chunk({ delta: { content: text }, logprobs: writeLogprobs(logprobs), finish_reason: null });
  }

  #openCall({ index, id, name }: Of<'tool-start'>): string {
    const position = this.#calls.size;
    const isCustom = this.#customs?.has(name) === true;
    this.#calls.set(index, isCustom ? { position, custom: '' } : { position });
    if (this.#isOld) return this.#delta({ function_call: { name, arguments: '' } });
    const call = isCustom
      ? { index: position, id, type: 'custom', custom: { name, input: '' } }
      : { index: position, id, type: 'function', function: { name, arguments: '' } };
    return this.#delta({ tool_calls: [call] });
  }

  #writeArguments({ index, json }: Of<'tool-delta'>): string {
    if (this.#isOld) return this.#delta({ function_call: { arguments: json } });
    const call = this.#calls.get(index);
    if (call?.custom === undefined) {
      return this.#delta({ tool_calls: [{ index: call?.position, function: { arguments: json } }] });
    }
    call.custom += json;
    return '';
  }

  #endCall({ index }: Of<'part-end'>): string {
    const call = this.#calls.get(index);
    if (call?.custom === undefined) return '';
    return this.#delta({ tool_calls: [{ index: call.position, custom: { input: customInput(call.custom) } }] });
  }

  #writeWhole(part: WholePart): string {
    if (part.type === 'image') {
      this.#images += 1;
      return this.#delta({ images: [{ index: this.#images - 1, ...writeImage(part) }] });
    }
    return part.type === 'audio' ? this.#delta({ audio: writeAudio(part) }) : '';
  }

  #finish({ finish, serviceTier }: Of<'finish'>): string {
    const rest = this.#said.delta();
    const tier = serviceTier === undefined ? '' : `,"service_tier":${JSON.stringify(serviceTier)}`;
    const last = this.#chunk({ delta: {}, ...writeFinish(finish, this.#isOld) }, tier);
    return `${rest ? this.#delta(rest) : ''}${last}${this.#usageChunk()}data: [DONE]\n\n`;
  }

  #delta(delta: object): string {
    return this.#chunk({ delta, finish_reason: null });
  }

  #chunk(choice: object, more = ''): string {
    return `${this.#head}[${JSON.stringify({ index: 0, ...choice })}]${more}${this.#tail}`;
  }

  #usageChunk(): string {
    if (!this.#context.wantsUsage || !this.#usage) return '';
    return `${this.#head}[],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`;
  }
}

function writeHead(start: Of<'start'>, { requestId, createdSeconds }: WriteContext): string {
  const id = JSON.stringify(start.id || requestId);
  const model = JSON.stringify(start.model);
  return `data: {"id":${id},"object":"chat.completion.chunk","created":${createdSeconds},"model":${model},"choices":`;
}

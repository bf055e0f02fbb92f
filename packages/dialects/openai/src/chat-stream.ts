import type { ChatEvent, StreamWriter, Usage, WriteContext } from '@sluice/contract';
import { writeUsage } from '@sluice/toolkit/openai-wire';
import { writeFinish } from './chat-write.js';

/** Writes one stream of chat chunks, all with the same `id`, `created` and `model`, ended by `[DONE]`. */
export function createChunkWriter(context: WriteContext): StreamWriter<ChatEvent> {
  return new ChunkWriter(context);
}

class ChunkWriter implements StreamWriter<ChatEvent> {
  readonly #context: WriteContext;
  /** Everything before `choices`, the same on every chunk. */
  #head = '';
  readonly #tail: string;
  #usage: Usage | undefined;
  /** Position of each tool call among the calls, by the index of its part. */
  readonly #calls = new Map<number, number>();

  constructor(context: WriteContext) {
    this.#context = context;
    this.#tail = context.wantsUsage ? ',"usage":null}\n\n' : '}\n\n';
  }

  write(event: ChatEvent): string {
    switch (event.type) {
      case 'start':
        this.#head = writeHead(event, this.#context);
        return this.#delta({ role: 'assistant', content: '' });
      case 'text-delta':
        return this.#delta({ content: event.text });
      case 'reasoning-delta':
        return this.#delta({ reasoning_content: event.text });
      case 'refusal-delta':
        return this.#delta({ refusal: event.text });
      case 'tool-start':
        return this.#openCall(event);
      case 'tool-delta':
        return this.#delta({
          tool_calls: [{ index: this.#calls.get(event.index), function: { arguments: event.json } }],
        });
      case 'part-end':
      case 'citation':
      case 'part':
        return '';
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finish':
        return `${this.#chunk({ delta: {}, ...writeFinish(event.finish) })}${this.#usageChunk()}data: [DONE]\n\n`;
    }
  }

  #openCall({ index, id, name }: Extract<ChatEvent, { type: 'tool-start' }>): string {
    const position = this.#calls.size;
    this.#calls.set(index, position);
    return this.#delta({ tool_calls: [{ index: position, id, type: 'function', function: { name, arguments: '' } }] });
  }

  #delta(delta: object): string {
    return this.#chunk({ delta, finish_reason: null });
  }

  #chunk(choice: object): string {
    return `${this.#head}[${JSON.stringify({ index: 0, ...choice })}]${this.#tail}`;
  }

  #usageChunk(): string {
    if (!this.#context.wantsUsage || !this.#usage) return '';
    return `${this.#head}[],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`;
  }
}

function writeHead(start: Extract<ChatEvent, { type: 'start' }>, { requestId, createdSeconds }: WriteContext): string {
  const id = JSON.stringify(start.id || requestId);
  const model = JSON.stringify(start.model);
  return `data: {"id":${id},"object":"chat.completion.chunk","created":${createdSeconds},"model":${model},"choices":`;
}

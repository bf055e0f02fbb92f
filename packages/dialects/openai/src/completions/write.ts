import type {
  ChatEvent,
  ChatResult,
  Finish,
  JsonObject,
  StreamWriter,
  TokenLogprob,
  Usage,
  WriteContext,
} from '@sluice/contract';
import { writeFinishReason, writeUsage } from '@sluice/toolkit/openai-wire';
import { promptText } from './parse.js';

/** The body of a plain completion: what was said, without reasoning. */
export function writeCompletion(result: ChatResult, context: WriteContext): string {
  const said = result.content.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : ''));
  const before = echoed(context);
  return JSON.stringify({
    id: result.id || context.requestId,
    object: 'text_completion',
    created: context.createdSeconds,
    model: result.model,
    choices: [
      {
        text: before + said.join(''),
        index: 0,
        logprobs: result.logprobs ? writeLogprobs(result.logprobs, before.length) : null,
        ...writeFinish(result.finish),
      },
    ],
    ...(result.usage ? { usage: writeUsage(result.usage) } : {}),
  });
}

/** Writes one stream of completion chunks, ended by `[DONE]`. */
export function createCompletionWriter(context: WriteContext): StreamWriter<ChatEvent> {
  return new CompletionWriter(context);
}

class CompletionWriter implements StreamWriter<ChatEvent> {
  readonly #context: WriteContext;
  readonly #tail: string;
  #head = '';
  /** Characters written. */
  #offset = 0;
  #usage: Usage | undefined;

  constructor(context: WriteContext) {
    this.#context = context;
    this.#tail = context.wantsUsage ? ',"usage":null}\n\n' : '}\n\n';
  }

  write(event: ChatEvent): string {
    switch (event.type) {
      case 'start':
        this.#head = writeHead(event, this.#context);
        return this.#text(echoed(this.#context));
      case 'text-delta':
        return this.#text(event.text, event.logprobs);
      case 'refusal-delta':
        return this.#text(event.text);
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finish':
        return `${this.#chunk({ text: '', logprobs: null, ...writeFinish(event.finish) })}${this.#usageChunk()}data: [DONE]\n\n`;
      case 'reasoning-delta':
      case 'tool-start':
      case 'tool-delta':
      case 'part-end':
      case 'citation':
      case 'part':
        return '';
    }
  }

  #text(text: string, logprobs?: readonly TokenLogprob[]): string {
    const offset = this.#offset;
    this.#offset += text.length;
    return this.#chunk({ text, logprobs: logprobs ? writeLogprobs(logprobs, offset) : null, finish_reason: null });
  }

  #chunk({ text, ...choice }: JsonObject): string {
    return `${this.#head}[${JSON.stringify({ text, index: 0, ...choice })}]${this.#tail}`;
  }

  #usageChunk(): string {
    if (!this.#context.wantsUsage || !this.#usage) return '';
    return `${this.#head}[],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`;
  }
}

function writeHead(start: Extract<ChatEvent, { type: 'start' }>, { requestId, createdSeconds }: WriteContext): string {
  const id = JSON.stringify(start.id || requestId);
  const model = JSON.stringify(start.model);
  return `data: {"id":${id},"object":"text_completion","created":${createdSeconds},"model":${model},"choices":`;
}

/** The prompt, which a caller may want to stand before its continuation. */
function echoed({ wire }: WriteContext): string {
  return wire?.echo === true ? (promptText(wire.prompt) ?? '') : '';
}

/** A completion has no tools, and no other end for an answer that called some. */
function writeFinish(finish: Finish): JsonObject {
  const reason = finish.unified === 'tool-calls' ? 'stop' : writeFinishReason(finish);
  return finish.raw === undefined || finish.raw === reason
    ? { finish_reason: reason }
    : { finish_reason: reason, native_finish_reason: finish.raw };
}

/** Parallel lists, with the place of each token in the text. */
function writeLogprobs(logprobs: readonly TokenLogprob[], from: number): JsonObject {
  let offset = from;
  const offsets = logprobs.map(({ token }) => {
    offset += token.length;
    return offset - token.length;
  });
  return {
    tokens: logprobs.map(({ token }) => token),
    token_logprobs: logprobs.map(({ logprob }) => logprob),
    top_logprobs: logprobs.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: offsets,
  };
}

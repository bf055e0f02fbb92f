import { exceptionOf } from './vendor.js';
import {
  joinSteps,
  padded,
  pieces,
  type Answer,
  type Ending,
  type Finish,
  type Identity,
  type StreamRendering,
} from '../wire.js';
import { sign } from '../../signer.js';
import { writeEvent, writeException } from './event-stream.js';
import type { ContentStep, Fault, FinishReason } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

const STOP_REASON: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'content_filtered',
};
const METRICS = { latencyMs: 120 };

function stopReason({ reason, stop }: Finish): string {
  return stop === undefined ? STOP_REASON[reason] : 'stop_sequence';
}

/** What the cache gave and took is counted beside the input, and in the total. */
function writeUsage({ input, output, cached, written5m, written1h }: TokenCount): JsonObject {
  const written = written5m + written1h;
  return {
    inputTokens: input - cached - written,
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokens: cached,
    cacheWriteInputTokens: written,
    ...(written > 0 && {
      cacheDetails: [
        { ttl: '5m', inputTokens: written5m },
        { ttl: '1h', inputTokens: written1h },
      ],
    }),
  };
}

function toolUseId({ number }: Identity, index: number): string {
  return `tooluse_sim_${padded(number)}_${index}`;
}

export function writeConverse({ content, finish, usage }: Answer, identity: Identity): JsonObject {
  const blocks = joinSteps(content).map((step, index) => toBlock(step, toolUseId(identity, index)));
  return {
    metrics: METRICS,
    output: { message: { content: blocks, role: 'assistant' } },
    ...(finish && { stopReason: stopReason(finish) }),
    ...(usage && { usage: writeUsage(usage) }),
  };
}

function toBlock(step: ContentStep, id: string): JsonObject {
  switch (step.type) {
    case 'text':
    case 'refusal':
      return { text: step.text };
    case 'reasoning':
      return { reasoningContent: { reasoningText: { text: step.text, signature: sign('bedrock', step.text) } } };
    case 'tool-call':
      return { toolUse: { toolUseId: id, name: step.name, input: JSON.parse(step.json) as unknown } };
  }
}

export function openConverseStream(identity: Identity): StreamRendering {
  return new ConverseStream(identity);
}

/** Events pad their payload, so that lengths give nothing away. */
function event(type: string, fields: JsonObject): Buffer {
  const length = (JSON.stringify(fields).length % 16) + 1;
  return writeEvent(type, JSON.stringify({ ...fields, p: 'abcdefghijklmnopq'.slice(0, length) }));
}

class ConverseStream implements StreamRendering {
  readonly contentType = 'application/vnd.amazon.eventstream';
  readonly #identity: Identity;
  #index = -1;
  #open: 'text' | 'reasoning' | undefined;
  #thinking = '';

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  open(): Buffer {
    return event('messageStart', { role: 'assistant' });
  }

  content(step: ContentStep): Buffer {
    switch (step.type) {
      case 'text':
      case 'refusal':
        return Buffer.concat([this.#begin('text'), this.#delta({ text: step.text })]);
      case 'reasoning': {
        const before = this.#begin('reasoning');
        this.#thinking += step.text;
        return Buffer.concat([before, this.#delta({ reasoningContent: { text: step.text } })]);
      }
      case 'tool-call':
        return this.#toolUse(step.name, step.json);
    }
  }

  /** The stream has no sign of life. */
  keepAlive(): string {
    return '';
  }

  finish(finish: Finish, usage: TokenCount | undefined): Ending {
    const body = Buffer.concat([this.#close(), event('messageStop', { stopReason: stopReason(finish) })]);
    return { body, terminal: event('metadata', { metrics: METRICS, ...(usage && { usage: writeUsage(usage) }) }) };
  }

  fault(fault: Fault): Buffer {
    const name = fault.status === 424 ? 'ModelStreamErrorException' : exceptionOf(fault);
    const type = STREAM_EXCEPTIONS.includes(name) ? name : 'InternalServerException';
    const lower = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
    return writeException(lower, JSON.stringify({ message: fault.message }));
  }

  malformed(): Buffer {
    return writeEvent('contentBlockDelta', '{"contentBlockIndex":0,"delta":');
  }

  #begin(kind: 'text' | 'reasoning'): Buffer {
    if (this.#open === kind) return Buffer.alloc(0);
    const before = this.#close();
    this.#open = kind;
    this.#index += 1;
    return before;
  }

  /** Only a tool's block is announced. */
  #toolUse(name: string, json: string): Buffer {
    const before = this.#close();
    this.#index += 1;
    const start = { toolUse: { toolUseId: toolUseId(this.#identity, this.#index), name } };
    return Buffer.concat([
      before,
      event('contentBlockStart', { contentBlockIndex: this.#index, start }),
      ...pieces(json).map((input) => this.#delta({ toolUse: { input } })),
      event('contentBlockStop', { contentBlockIndex: this.#index }),
    ]);
  }

  #delta(delta: JsonObject): Buffer {
    return event('contentBlockDelta', { contentBlockIndex: this.#index, delta });
  }

  #close(): Buffer {
    if (!this.#open) return Buffer.alloc(0);
    const signature = { reasoningContent: { signature: sign('bedrock', this.#thinking) } };
    const signed = this.#open === 'reasoning' ? [this.#delta(signature)] : [];
    this.#open = undefined;
    this.#thinking = '';
    return Buffer.concat([...signed, event('contentBlockStop', { contentBlockIndex: this.#index })]);
  }
}

const STREAM_EXCEPTIONS = [
  'InternalServerException',
  'ModelStreamErrorException',
  'ServiceUnavailableException',
  'ThrottlingException',
  'ValidationException',
];

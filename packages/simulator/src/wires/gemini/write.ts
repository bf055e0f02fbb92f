import {
  joinSteps,
  padded,
  type Answer,
  type Ending,
  type Finish,
  type Identity,
  type StreamRendering,
} from '../wire.js';
import { sign } from '../../signer.js';
import { writeFault } from './vendor.js';
import type { ContentStep, Fault, FinishReason } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

/** How the caller wants its answer. */
export interface GeminiForm {
  readonly showsThoughts: boolean;
  /** Function calls carry a signature; those of newer models also an id. */
  readonly signs: boolean;
  readonly numbersCalls: boolean;
  /** A JSON array in place of server-sent events. */
  readonly array: boolean;
}

const FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
};

export function writeGenerated({ content, finish, usage }: Answer, identity: Identity, form: GeminiForm): JsonObject {
  const writer = new PartWriter(identity, form);
  const parts = joinSteps(content).flatMap((step) => writer.toParts(step));
  return writeResponse({ parts: [...parts, ...writer.last(finish)], finish, usage }, identity);
}

interface Piece {
  readonly parts: readonly JsonObject[];
  readonly finish: Finish | undefined;
  readonly usage: TokenCount | undefined;
}

function writeResponse({ parts, finish, usage }: Piece, { number, model }: Identity): JsonObject {
  const blocked = finish?.reason === 'content-filter';
  const candidate = {
    ...(!(blocked && parts.length === 0) && { content: { parts, role: 'model' } }),
    ...(finish && { finishReason: FINISH[finish.reason] }),
    index: 0,
    ...(blocked && {
      safetyRatings: [{ category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH', blocked: true }],
    }),
  };
  return {
    candidates: [candidate],
    ...(usage && { usageMetadata: writeUsage(usage) }),
    modelVersion: model,
    responseId: `sim-${padded(number)}`,
  };
}

/** Thoughts are counted beside the answer, cached tokens within the prompt. */
function writeUsage({ input, output, reasoning, cached }: TokenCount): JsonObject {
  return {
    promptTokenCount: input,
    ...(output > reasoning && { candidatesTokenCount: output - reasoning }),
    totalTokenCount: input + output,
    ...(cached > 0 && {
      cachedContentTokenCount: cached,
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cached }],
    }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
  };
}

/** Writes the parts of one answer; the first of its calls is signed, or else its last text. */
class PartWriter {
  readonly #identity: Identity;
  readonly #form: GeminiForm;
  #calls = 0;
  #said = false;

  constructor(identity: Identity, form: GeminiForm) {
    this.#identity = identity;
    this.#form = form;
  }

  toParts(step: ContentStep): readonly JsonObject[] {
    switch (step.type) {
      case 'text':
        this.#said = true;
        return [{ text: step.text }];
      case 'reasoning':
        return this.#form.showsThoughts ? [{ text: step.text, thought: true }] : [];
      case 'tool-call':
        return [this.#toCall(step.name, step.json)];
      case 'refusal':
        return [];
    }
  }

  /** What comes with the finish. */
  last(finish: Finish | undefined): readonly JsonObject[] {
    const signs = this.#form.signs && this.#calls === 0 && this.#said && finish?.reason === 'stop';
    return signs ? [{ text: '', thoughtSignature: sign('gemini', `text ${this.#identity.number}`) }] : [];
  }

  #toCall(name: string, json: string): JsonObject {
    const index = this.#calls++;
    const { signs, numbersCalls } = this.#form;
    const id = `fc_sim_${padded(this.#identity.number)}_${index}`;
    return {
      functionCall: { ...(numbersCalls && { id }), name, args: JSON.parse(json) as unknown },
      ...(signs && index === 0 && { thoughtSignature: sign('gemini', name) }),
    };
  }
}

export function openGeminiStream(identity: Identity, form: GeminiForm): StreamRendering {
  return new GeminiStream(identity, form);
}

class GeminiStream implements StreamRendering {
  readonly contentType: string;
  readonly #identity: Identity;
  readonly #form: GeminiForm;
  readonly #writer: PartWriter;
  #usage: TokenCount | undefined;
  #sent = 0;

  constructor(identity: Identity, form: GeminiForm) {
    this.contentType = form.array ? 'application/json; charset=UTF-8' : 'text/event-stream';
    this.#identity = identity;
    this.#form = form;
    this.#writer = new PartWriter(identity, form);
  }

  /** Nothing comes before the first content. */
  open(usage: TokenCount | undefined): string {
    this.#usage = usage;
    return '';
  }

  content(step: ContentStep): string {
    const parts = this.#writer.toParts(step);
    return parts.length === 0
      ? ''
      : this.#frame(writeResponse({ parts, finish: undefined, usage: this.#usage }, this.#identity));
  }

  keepAlive(): string {
    return this.#form.array ? '\r\n' : ': keep-alive\r\n\r\n';
  }

  finish(finish: Finish, usage: TokenCount | undefined): Ending {
    const parts = this.#writer.last(finish);
    const shown = parts.length === 0 && finish.reason !== 'content-filter' ? [{ text: '' }] : parts;
    const last = this.#frame(writeResponse({ parts: shown, finish, usage }, this.#identity));
    return this.#form.array ? { body: last, terminal: '\r\n]' } : { body: '', terminal: last };
  }

  fault(fault: Fault): string {
    const frame = this.#frame(writeFault(fault));
    return this.#form.array ? `${frame}\r\n]` : frame;
  }

  malformed(): string {
    return this.#frame('{"candidates":[{"content":');
  }

  #frame(value: unknown): string {
    const data = typeof value === 'string' ? value : JSON.stringify(value);
    this.#sent += 1;
    if (!this.#form.array) return `data: ${data}\r\n\r\n`;
    return this.#sent === 1 ? `[${data}` : `,\r\n${data}`;
  }
}

import { gatewayError } from '@sluice/contract';
import type {
  AssistantPart,
  ChatEvent,
  Finish,
  Frame,
  GatewayError,
  JsonObject,
  StreamDecoder,
  TokenLogprob,
  VendorState,
} from '@sluice/contract';
import { isJsonObject, toText, tryParseExact } from '@sluice/toolkit';
import {
  classifyGoogleInBand,
  createGeminiUsageMeter,
  geminiFields,
  partsOf,
  readBlock,
  readFinish,
  readFinishFailure,
  readGeminiLogprobs,
  readGeminiTier,
  readGoogleError,
  readModelPart,
} from '@sluice/toolkit/gemini-wire';
import { createCallIds } from './call-ids.js';
import { placeSources, readSources } from './citations.js';
import type { Source } from './citations.js';

/** Reads one stream of `alt=sse`. It is whole where it ends after a finish reason: the wire has no frame for the end. */
export function createAnswerDecoder(): StreamDecoder<ChatEvent> {
  return new AnswerStream();
}

/** The part that text is added to. Calls and pictures come whole. */
interface OpenPart {
  readonly type: 'text' | 'reasoning';
  readonly index: number;
  /** Kept for its citations, whose places come in bytes of it. */
  text: string;
  /** Once it is there, the part is over: its last piece brings it, which often has no text. */
  opaque?: VendorState;
}
type TextPiece = Extract<AssistantPart, { readonly type: 'text' | 'reasoning' }>;

const NONE: readonly ChatEvent[] = [];

class AnswerStream implements StreamDecoder<ChatEvent> {
  readonly #meter = createGeminiUsageMeter();
  #mintId: (() => string) | undefined;
  #parts = 0;
  #open: OpenPart | undefined;
  #sources: readonly Source[] = [];
  /** Of the texts that are over, in bytes. */
  #spoken = 0;
  #calledTools = false;
  #finish: Finish | undefined;
  #serviceTier: string | undefined;

  push({ data }: Frame): readonly ChatEvent[] {
    if (data.trim() === '') return NONE;
    const chunk = tryParseExact(data);
    if (!isJsonObject(chunk)) throw unusable('The provider sent an event that is not JSON.');
    if (isJsonObject(chunk.error)) throw classifyGoogleInBand(readGoogleError(chunk));
    const events: ChatEvent[] = [];
    if (!this.#mintId) this.#start(chunk, events);
    const candidate = firstOf(chunk.candidates);
    if (candidate) this.#read(candidate, events);
    else this.#finish = readBlock(chunk) ?? this.#finish;
    this.#count(chunk.usageMetadata, events);
    return events;
  }

  end(): readonly ChatEvent[] {
    if (!this.#finish) {
      throw gatewayError('upstream_truncated', {
        message: "The provider's stream ended before its end was announced.",
      });
    }
    const events: ChatEvent[] = [];
    this.#close(events);
    const tier = this.#serviceTier;
    events.push({ type: 'finish', finish: this.#finish, ...(tier === undefined ? {} : { serviceTier: tier }) });
    return events;
  }

  #start({ responseId, modelVersion }: JsonObject, events: ChatEvent[]): void {
    const id = toText(responseId);
    this.#mintId = createCallIds(id);
    events.push({ type: 'start', id, model: toText(modelVersion) });
  }

  #read(candidate: JsonObject, events: ChatEvent[]): void {
    const failure = readFinishFailure(candidate);
    if (failure) throw failure;
    const sources = readSources(candidate);
    if (sources.length > 0) this.#sources = sources;
    let logprobs = readGeminiLogprobs(candidate.logprobsResult);
    for (const wire of partsOf(candidate)) {
      if (isPiece(wire)) throw unusable('The provider sends arguments in pieces, which it was not asked to do.');
      const part = readModelPart(wire, this.#mintId ?? (() => ''));
      if (part) this.#add(part, events, logprobs);
      if (part?.type === 'text') logprobs = undefined;
    }
    this.#finish = readFinish(candidate, this.#calledTools) ?? this.#finish;
  }

  #add(part: AssistantPart, events: ChatEvent[], logprobs: readonly TokenLogprob[] | undefined): void {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return this.#say(part, events, logprobs);
      case 'tool-call':
        return this.#call(part, events);
      case 'image':
      case 'audio':
      case 'vendor':
        this.#close(events);
        events.push({ type: 'part', index: this.#parts++, part });
        return;
      case 'refusal':
        throw unusable('The provider sent a part that this wire does not have.');
    }
  }

  #say(piece: TextPiece, events: ChatEvent[], logprobs: readonly TokenLogprob[] | undefined): void {
    const { text, opaque } = piece;
    if (text === '') return this.#sign(opaque, events);
    const open = this.#openFor(piece.type, events);
    open.text += text;
    if (opaque) open.opaque = opaque;
    const type = piece.type === 'text' ? 'text-delta' : 'reasoning-delta';
    events.push({ type, index: open.index, text, ...(logprobs && type === 'text-delta' ? { logprobs } : {}) });
  }

  #openFor(type: OpenPart['type'], events: ChatEvent[]): OpenPart {
    if (this.#open?.type === type && !this.#open.opaque) return this.#open;
    this.#close(events);
    this.#open = { type, index: this.#parts++, text: '' };
    return this.#open;
  }

  /** State without text belongs to the text before it where that is of its kind; else it is a part without words. */
  #sign(opaque: VendorState | undefined, events: ChatEvent[]): void {
    const type = geminiFields(opaque)?.thought === true ? 'reasoning' : 'text';
    const open = this.#open;
    if (open?.type === type && !open.opaque && opaque) {
      open.opaque = opaque;
      return;
    }
    this.#close(events);
    events.push({ type: 'part-end', index: this.#parts++, ...(opaque ? { opaque } : {}) });
  }

  #call(part: Extract<AssistantPart, { readonly type: 'tool-call' }>, events: ChatEvent[]): void {
    const { id, name, json, opaque } = part;
    this.#close(events);
    this.#calledTools = true;
    const index = this.#parts++;
    events.push({ type: 'tool-start', index, id, name });
    events.push({ type: 'tool-delta', index, json });
    events.push({ type: 'part-end', index, ...(opaque ? { opaque } : {}) });
  }

  #close(events: ChatEvent[]): void {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    const { index, type, opaque } = open;
    if (type === 'text') this.#cite(open, events);
    events.push({ type: 'part-end', index, ...(opaque ? { opaque } : {}) });
  }

  #cite({ index, text }: Pick<OpenPart, 'index' | 'text'>, events: ChatEvent[]): void {
    const citations = placeSources(this.#sources, text, this.#spoken);
    for (const citation of citations) events.push({ type: 'citation', index, citation });
    this.#sources = [];
    this.#spoken += Buffer.byteLength(text);
  }

  #count(usage: unknown, events: ChatEvent[]): void {
    if (usage === undefined) return;
    this.#meter.see(usage);
    this.#serviceTier = readGeminiTier(usage) ?? this.#serviceTier;
    const counted = this.#meter.usage();
    if (counted) events.push({ type: 'usage', usage: counted });
  }
}

/** A chunk may be another candidate's, where several were asked for. */
function firstOf(candidates: unknown): JsonObject | undefined {
  if (!Array.isArray(candidates)) return undefined;
  return candidates.filter(isJsonObject).find(({ index }) => index === undefined || index === 0);
}

/** Only with `streamFunctionCallArguments` on Vertex AI. */
function isPiece({ functionCall }: JsonObject): boolean {
  return isJsonObject(functionCall) && (functionCall.willContinue === true || functionCall.partialArgs !== undefined);
}

function unusable(message: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message });
}

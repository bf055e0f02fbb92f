import type { AudioPart, ChatEvent, Citation, JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import {
  readAnnotation,
  readAudio,
  readImages,
  readLogprobs,
  readReasoningDetail,
  readReasoningText,
} from '@sluice/toolkit/openai-wire';
import type { ReasoningDetail } from '@sluice/toolkit/openai-wire';
import { readContent } from './content.js';
import type { Said } from './content.js';
import { createPartWriter } from './part-writer.js';

/** Reads the deltas of one stream into events. */
export interface DeltaReader {
  readonly calledTools: boolean;
  read(delta: JsonObject, logprobs: unknown, events: ChatEvent[]): void;
  /** Ends what is open. `sources` are cited for the answer as a whole where it cites nothing itself. */
  close(sources: readonly Citation[], events: ChatEvent[]): void;
}

export function createDeltaReader(): DeltaReader {
  return new Deltas();
}

class Deltas implements DeltaReader {
  readonly #parts = createPartWriter();
  readonly #sound: JsonObject[] = [];
  #cited = false;
  /** Reasoning came as text alone: entries that come later tell the same again. */
  #isPlain = false;

  get calledTools(): boolean {
    return this.#parts.calledTools;
  }

  read(delta: JsonObject, logprobs: unknown, events: ChatEvent[]): void {
    this.#readReasoning(delta, events);
    this.#readSaid(delta, logprobs, events);
    if (Array.isArray(delta.annotations)) this.#readAnnotations(delta.annotations, events);
    if (isJsonObject(delta.audio)) this.#sound.push(delta.audio);
    for (const image of readImages(delta.images)) this.#parts.whole(image, events);
    if (isJsonObject(delta.function_call)) this.#parts.call({ index: 0, function: delta.function_call }, events);
    if (!Array.isArray(delta.tool_calls)) return;
    for (const call of delta.tool_calls as readonly unknown[]) if (isJsonObject(call)) this.#parts.call(call, events);
  }

  close(sources: readonly Citation[], events: ChatEvent[]): void {
    if (!this.#cited) for (const citation of sources) this.#parts.cite(citation, events);
    this.#parts.close(events);
    const sound = joinSound(this.#sound);
    if (sound) this.#parts.whole(sound, events);
  }

  /** `reasoning_details` tell the same as the text beside them, and more. */
  #readReasoning(delta: JsonObject, events: ChatEvent[]): void {
    const details = Array.isArray(delta.reasoning_details) ? delta.reasoning_details : [];
    let spoke = false;
    for (const entry of details as readonly unknown[]) {
      const detail = readReasoningDetail(entry);
      if (!detail) continue;
      spoke ||= detail.of === 'reasoning' && detail.text !== '';
      this.#readDetail(detail.of === 'reasoning' && this.#isPlain ? { ...detail, text: '' } : detail, events);
    }
    const text = spoke ? '' : readReasoningText(delta);
    if (text === '') return;
    this.#isPlain = true;
    this.#parts.say('reasoning-delta', text, events);
  }

  #readDetail(detail: ReasoningDetail, events: ChatEvent[]): void {
    if (detail.of === 'reasoning') this.#parts.reason(detail, events);
    else if (detail.of === 'part') this.#parts.whole({ type: 'vendor', state: detail.state }, events);
    else this.#parts.hold(detail.of === 'call' ? detail.id : undefined, detail.state);
  }

  #readSaid({ content, refusal }: JsonObject, logprobs: unknown, events: ChatEvent[]): void {
    for (const said of readContent(content)) this.#readRun(said, events);
    if (typeof refusal === 'string' && refusal !== '') this.#parts.say('refusal-delta', refusal, events);
    const read = isJsonObject(logprobs) ? readLogprobs(logprobs) : undefined;
    if (!read) return;
    // A token may be half a character, and its chunk have no text yet.
    if (events.at(-1)?.type !== 'text-delta') this.#parts.say('text-delta', '', events);
    events.push({ ...(events.pop() as Extract<ChatEvent, { type: 'text-delta' }>), logprobs: read });
  }

  #readRun({ type, text, opaque, citations = [] }: Said, events: ChatEvent[]): void {
    if (opaque) this.#parts.reason({ of: 'reasoning', text, state: opaque, ends: true }, events);
    else if (text !== '') this.#parts.say(`${type}-delta`, text, events);
    for (const citation of citations) {
      if (this.#parts.cite(citation, events)) continue;
      this.#parts.say('text-delta', '', events);
      this.#parts.cite(citation, events);
    }
  }

  #readAnnotations(annotations: readonly unknown[], events: ChatEvent[]): void {
    for (const entry of annotations) {
      const citation = readAnnotation(entry);
      if (citation) this.#cited = this.#parts.cite(citation, events) || this.#cited;
    }
  }
}

/** Each piece of a sound is encoded by itself. */
function joinSound(pieces: readonly JsonObject[]): AudioPart | undefined {
  if (pieces.length === 0) return undefined;
  const bytes = pieces.map(({ data }) => Buffer.from(typeof data === 'string' ? data : '', 'base64'));
  const transcript = pieces.map((piece) => (typeof piece.transcript === 'string' ? piece.transcript : '')).join('');
  const fields = Object.assign({}, ...pieces) as JsonObject;
  return readAudio({ ...fields, data: Buffer.concat(bytes).toString('base64'), transcript })[0];
}

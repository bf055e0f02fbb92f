import type { AssistantPart, ChatEvent, Citation, JsonObject, VendorState } from '@sluice/contract';
import { writeAnnotations, writeDetails } from '@sluice/toolkit/openai-wire';

type PartEvent = Exclude<ChatEvent, { readonly type: 'start' | 'usage' | 'finish' | 'refusal-delta' | 'tool-delta' }>;

interface Said {
  readonly type: 'text' | 'reasoning' | 'tool-call';
  /** Of reasoning its text, which a signature is for; of a tool call its id. */
  text: string;
  /** In characters, of text. */
  length: number;
  opaque?: VendorState;
  citations?: Citation[];
}

/**
 * Remembers of a stream what its last chunk has to say of the whole answer: reasoning with what its vendor wants back,
 * and citations, whose places are known once their text is. They come in one chunk, because clients differ in what
 * they make of lists that come in pieces: some join them, some keep the last.
 */
export interface SaidParts {
  note(event: PartEvent): void;
  /** `annotations` and `reasoning_details`, where there are any. */
  delta(): JsonObject | undefined;
}

export function createSaidParts(): SaidParts {
  return new Parts();
}

class Parts implements SaidParts {
  readonly #parts = new Map<number, Said | AssistantPart>();

  note(event: PartEvent): void {
    switch (event.type) {
      case 'text-delta':
        this.#at(event.index, 'text').length += event.text.length;
        break;
      case 'reasoning-delta':
        this.#at(event.index, 'reasoning').text += event.text;
        break;
      case 'tool-start':
        this.#at(event.index, 'tool-call').text = event.id;
        break;
      case 'citation':
        (this.#at(event.index, 'text').citations ??= []).push(event.citation);
        break;
      case 'part-end':
        if (event.opaque) this.#at(event.index, 'reasoning').opaque = event.opaque;
        break;
      case 'part':
        this.#parts.set(event.index, event.part);
        break;
    }
  }

  delta(): JsonObject | undefined {
    const parts = [...this.#parts.values()].map(toPart);
    const details = writeDetails(parts);
    const annotations = this.#annotations();
    if (details.length === 0 && annotations.length === 0) return undefined;
    return {
      ...(annotations.length === 0 ? {} : { annotations }),
      ...(details.length === 0 ? {} : { reasoning_details: details }),
    };
  }

  #annotations(): readonly JsonObject[] {
    const annotations: JsonObject[] = [];
    let offset = 0;
    for (const said of this.#parts.values()) {
      if (said.type !== 'text' || !('length' in said)) continue;
      annotations.push(...writeAnnotations(said.citations ?? [], [offset, offset + said.length]));
      offset += said.length;
    }
    return annotations;
  }

  /** A part that consists of its end alone is redacted reasoning. */
  #at(index: number, type: Said['type']): Said {
    const known = this.#parts.get(index);
    if (known && 'length' in known) return known;
    const said: Said = { type, text: '', length: 0 };
    this.#parts.set(index, said);
    return said;
  }
}

function toPart(said: Said | AssistantPart): AssistantPart {
  if (!('length' in said)) return said;
  const opaque = said.opaque ? { opaque: said.opaque } : {};
  if (said.type !== 'tool-call') return { type: said.type, text: said.text, ...opaque };
  return { type: 'tool-call', id: said.text, name: '', json: '', ...opaque };
}

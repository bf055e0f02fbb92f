import type { ChatEvent } from '@sluice/contract';
import { mapJsonText } from '../text/json-text.js';
import { mapTexts } from '../text/map-texts.js';
import type { Placeholders } from '../text/placeholders.js';
import { filterText } from '../text/text-filter.js';
import type { TextFilter } from '../text/text-filter.js';
import type { TextDelta } from './text-delta.js';

/** The events of a stream with the values of the prompt put back where their placeholders stand. */
export class RestoredEvents {
  readonly #placeholders: Placeholders;
  readonly #open = new Map<number, { readonly type: TextDelta['type']; readonly filter: TextFilter }>();

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders;
  }

  /** What may be written of the stream now: a text is kept back as long as it may become a placeholder. */
  of(event: ChatEvent): readonly ChatEvent[] {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
        return this.#text(event);
      case 'part-end':
        return [...this.#rest(event.index), this.#each(event)];
      case 'tool-delta':
        // They come whole.
        return [{ ...event, json: mapJsonText(event.json, this.#whole) }];
      case 'citation':
      case 'part':
      case 'finish':
      case 'start':
      case 'usage':
      case 'tool-start':
        return [this.#each(event)];
    }
  }

  #text({ type, index, text }: TextDelta): readonly ChatEvent[] {
    const part = this.#open.get(index) ?? { type, filter: this.#placeholders.restore() };
    this.#open.set(index, part);
    return textOf(type, index, part.filter.push(text));
  }

  #rest(index: number): readonly ChatEvent[] {
    const part = this.#open.get(index);
    this.#open.delete(index);
    return part ? textOf(part.type, index, part.filter.end()) : [];
  }

  readonly #whole = (text: string): string => filterText(this.#placeholders.restore(), text);

  #each<T>(value: T): T {
    return mapTexts(value, { map: this.#whole, kindOf: (_, kind) => kind });
  }
}

function textOf(type: TextDelta['type'], index: number, text: string): readonly ChatEvent[] {
  return text === '' ? [] : [{ type, index, text }];
}

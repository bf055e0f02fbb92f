import type { Citation, JsonObject } from '@sluice/contract';
import { isCount, isJsonObject } from '@sluice/toolkit';
import { citationState } from './state.js';

/** Turns a place in characters, as the vendor counts them, into one in the units of a JavaScript string. */
export interface TextRuler {
  add(text: string): void;
  at(characters: number): number;
}

/**
 * The vendor counts code points: https://github.com/cohere-ai/melody, README, "emoji: 🌈" from 18 to 26. Remembers no text,
 * only where characters of two units stood.
 */
export function createRuler(): TextRuler {
  const wide: number[] = [];
  let characters = 0;
  return {
    add(text) {
      for (let i = 0; i < text.length; i += 1) {
        const unit = text.charCodeAt(i);
        if (unit >= 0xd800 && unit <= 0xdbff) {
          wide.push(characters);
          i += 1;
        }
        characters += 1;
      }
    },
    at: (place) => place + countBelow(wide, place),
  };
}

function countBelow(places: readonly number[], limit: number): number {
  const first = places.findIndex((place) => place >= limit);
  return first < 0 ? places.length : first;
}

/**
 * A citation of the text, once for each of its sources; of reasoning there is none. The vendor names the source and not the
 * passage in it. npm cohere-ai 8.1.0, `Citation` and `Source`.
 */
export function readCitations(wire: JsonObject, ruler: TextRuler): readonly Citation[] {
  if (!isOfText(wire)) return [];
  const { start, end, sources } = wire;
  const range = isCount(start) && isCount(end) ? ([ruler.at(start), ruler.at(end)] as const) : undefined;
  const named = Array.isArray(sources) ? sources.filter(isJsonObject) : [];
  return (named.length === 0 ? [undefined] : named).map((source) => ({
    ...(source ? readSource(source) : {}),
    ...(range ? { range } : {}),
    opaque: citationState(source ? { ...wire, sources: [source] } : wire),
  }));
}

export function isOfText({ type }: JsonObject): boolean {
  return type !== 'THINKING_CONTENT' && type !== 'PLAN';
}

/** What a document is called is up to the caller; `title` and `url` are what the vendor's guides use. */
function readSource({ id, document, tool_output: output }: JsonObject): Pick<Citation, 'title' | 'url'> {
  const about = isJsonObject(document) ? document : isJsonObject(output) ? output : {};
  const title = [about.title, about.id, id].find((name) => typeof name === 'string' && name !== '');
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof about.url === 'string' ? { url: about.url } : {}),
  };
}

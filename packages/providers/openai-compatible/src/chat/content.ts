import type { Citation, VendorState } from '@sluice/contract';
import { given, isJsonObject } from '@sluice/toolkit';
import { OPENAI_CHAT, ownState } from '@sluice/toolkit/openai-wire';

/** A run of text of one kind. */
export interface Said {
  readonly type: 'text' | 'reasoning' | 'refusal';
  readonly text: string;
  /** What the vendor wants back with it. A run that has some is complete. */
  readonly opaque?: VendorState;
  readonly citations?: readonly Citation[];
}

/**
 * `content` of an answer or of a delta: a string, or a list of parts. Mistral's models think in parts of `content`, some
 * of them signed, and name there what they took a text from (npm @mistralai/mistralai 2.7.0,
 * models/components/thinkchunk.d.ts, referencechunk.d.ts). Neighbours of one kind are one run.
 */
export function readContent(content: unknown): readonly Said[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  const runs: Said[] = [];
  for (const part of content as readonly unknown[]) {
    const said = isJsonObject(part) ? readPart(part) : undefined;
    if (!said || (said.text === '' && !said.opaque && !said.citations)) continue;
    const last = runs.at(-1);
    if (last?.type === said.type && !last.opaque) runs[runs.length - 1] = joined(last, said);
    else runs.push(said);
  }
  return runs;
}

function joined(run: Said, more: Said): Said {
  const citations = [...(run.citations ?? []), ...(more.citations ?? [])];
  return { ...run, ...more, text: run.text + more.text, ...(citations.length > 0 ? { citations } : {}) };
}

function readPart(part: Readonly<Record<string, unknown>>): Said | undefined {
  const { type, text, thinking, refusal, signature } = part;
  switch (type) {
    case 'thinking': {
      return { type: 'reasoning', text: textOf(thinking), ...ownState(given('signature', signature)) };
    }
    case 'reference':
      return { type: 'text', text: '', citations: [{ opaque: { kind: OPENAI_CHAT, data: part } }] };
    case 'refusal':
      return { type: 'refusal', text: textOf(refusal) };
    default:
      return { type: 'text', text: textOf(text) };
  }
}

/** A text, or the texts of a list of parts. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value.map((part: unknown) => (isJsonObject(part) ? textOf(part.text) : '')).join('');
}

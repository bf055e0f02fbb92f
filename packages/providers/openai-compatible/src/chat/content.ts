import { isJsonObject } from '@sluice/toolkit';

/** A run of text of one kind. */
export interface Said {
  readonly type: 'text' | 'reasoning' | 'refusal';
  readonly text: string;
}

/**
 * `content` of an answer or of a delta: a string, or a list of parts, among them the `thinking` that Mistral's models
 * do (npm @mistralai/mistralai 2.7.0, models/components/thinkchunk.d.ts). Neighbours of one kind are one run.
 */
export function readContent(content: unknown): readonly Said[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  const runs: Said[] = [];
  for (const part of content as readonly unknown[]) {
    const said = isJsonObject(part) ? readPart(part) : undefined;
    if (!said || said.text === '') continue;
    const last = runs.at(-1);
    if (last?.type === said.type) runs[runs.length - 1] = { type: last.type, text: last.text + said.text };
    else runs.push(said);
  }
  return runs;
}

function readPart({ type, text, thinking, refusal }: Readonly<Record<string, unknown>>): Said | undefined {
  switch (type) {
    case 'thinking':
      return { type: 'reasoning', text: textOf(thinking) };
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

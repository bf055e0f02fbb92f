import type { ChatEvent, GuardedWriter, JsonObject, OutputGuard, StreamWriter } from '@sluice/contract';
import type { NamedText } from '../kinds/guard.js';
import { mapTexts } from '../text/map-texts.js';
import type { MapText } from '../text/map-texts.js';
import { filterText } from '../text/text-filter.js';
import type { CallParts } from './call-parts.js';
import { GuardedStream } from './guarded-stream.js';
import { judgeAll } from './judging.js';
import { SideCheck } from './side-check.js';

/** The guards of a call, over the answer of one attempt. */
export function createOutputGuard(parts: CallParts): OutputGuard {
  const output = parts.guards.filter(({ on }) => on.has('output'));
  const reading = output.filter(({ check }) => check.reads === 'text');
  const judging = output.filter(({ check }) => check.reads === 'whole');
  const side = new SideCheck({ ...parts, side: 'output', guards: reading, names: parts.placeholders.inAnswers });
  const judge = (texts: readonly NamedText[]) => judgeAll(judging, texts, { ...parts, side: 'output' });
  const { placeholders } = parts;
  const enforces = output.some(({ mode }) => mode === 'enforce');
  const acts = enforces || !placeholders.isEmpty;
  return {
    async checkResult(result) {
      const read = acts ? readResult(result, side) : each(result, (text) => filterText(side.open(), text));
      side.settle();
      const judged = judging.length > 0 ? await judgeResult(read, judge) : read;
      return placeholders.isEmpty ? judged : each(judged, (text) => filterText(placeholders.restore(), text));
    },
    watch(writer: StreamWriter<ChatEvent>): GuardedWriter {
      const waits = judging.some(({ mode }) => mode === 'enforce');
      return new GuardedStream({ writer, side, placeholders, acts, waits, ...(judging.length > 0 ? { judge } : {}) });
    },
  };
}

/** Probabilities spell the answer out once more, token by token; and a recording's words do. */
function readResult<Result>(result: Result, side: SideCheck): Result {
  const { logprobs: _, ...rest } = result as { readonly logprobs?: unknown; readonly text?: unknown };
  const read = each(withoutSpentState(rest, side), (text) => filterText(side.open(), text)) as JsonObject;
  if (typeof read['text'] !== 'string' || read['text'] === rest.text) return read as Result;
  const { words: _words, segments: _segments, ...whole } = read;
  return whole as Result;
}

/** A signature under reasoning that will not be what was signed is good for nothing: the vendor would refuse it. */
function withoutSpentState(result: object, side: SideCheck): object {
  const { content } = result as { readonly content?: unknown };
  if (!Array.isArray(content)) return result;
  const parts = content as readonly (JsonObject & { readonly text: string })[];
  const kept = parts.map((part) => {
    if (part['type'] !== 'reasoning' || part['opaque'] === undefined) return part;
    if (filterText(side.open(), part.text) === part.text) return part;
    const { opaque: _, ...rest } = part;
    return rest;
  });
  return { ...result, content: kept };
}

async function judgeResult<Result>(
  result: Result,
  judge: (texts: readonly NamedText[]) => Promise<readonly NamedText[]>,
): Promise<Result> {
  const texts: NamedText[] = [];
  const wholly = (map: MapText): Result => mapTexts(result, { map, kindOf: partOf, wholeJson: true });
  wholly((text, kind) => {
    texts.push({ kind, text });
    return text;
  });
  const judged = await judge(texts);
  let at = 0;
  return judged === texts ? result : wholly((text) => judged[at++]?.text ?? text);
}

function each<T>(value: T, map: MapText): T {
  return mapTexts(value, { map, kindOf: partOf });
}

const PARTS: ReadonlySet<unknown> = new Set(['text', 'reasoning', 'refusal', 'tool-call']);

function partOf({ type }: JsonObject, kind: string): string {
  return PARTS.has(type) ? (type as string) : kind;
}

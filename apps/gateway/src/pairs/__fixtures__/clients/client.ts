import type { CallAddress, ChatDialect, JsonObject, Usage } from '@sluice/contract';
import { createFrameReader } from '@sluice/toolkit';

/** What a client's SDK does with a dialect: it asks, reads plain answers and streams, and sends answers back as history. */
export interface Client {
  readonly dialect: ChatDialect;
  readonly address: CallAddress;
  /** A request that asks for all that an answer can bring. */
  readonly question: JsonObject;
  /** The conversation with this answer in it, the results of the tools that it called, and one more question. */
  next(answer: JsonObject): JsonObject;
  /** The plain answer that a stream amounts to. Throws where it does not end once, at its end, as the dialect ends. */
  assemble(stream: string): JsonObject;
  /** An answer without what does not matter: fillers, and where one text ends and the next begins. */
  essence(answer: JsonObject): JsonObject;
  /** Whether a refusal is told apart from text. */
  readonly refuses: boolean;
  read(answer: JsonObject): Seen;
}

/** What a user of the SDK sees. */
export interface Seen {
  readonly text: string;
  readonly reasoning: string;
  /** Names and arguments; these as the text that they are, or as objects. */
  readonly calls: readonly (readonly [name: unknown, input: unknown])[];
  readonly usage: Pick<Usage, 'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'reasoningTokens'>;
}

export const HI = 'Hi';
export const RESULT = 'done';

/** The data of each event. `isEnd` names the one that ends the stream. */
export function eventsOf(stream: string, isEnd: (data: string) => boolean): readonly string[] {
  const events = createFrameReader()
    .push(Buffer.from(stream))
    .map(({ data }) => data);
  const ends = events.flatMap((data, at) => (isEnd(data) ? [at] : []));
  if (ends.length !== 1 || ends[0] !== events.length - 1)
    throw new Error(`The stream ends at ${ends.join()} of ${events.length}.`);
  return events;
}

/** Without fillers: nulls, empty lists and empty texts. The input of a tool stays as it is. */
export function withoutBlanks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBlanks);
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return value;
  const entries = Object.entries(value).filter(
    ([, held]) => held !== null && held !== undefined && held !== '' && !(Array.isArray(held) && held.length === 0),
  );
  return Object.fromEntries(entries.map(([key, held]) => [key, key === 'input' ? held : withoutBlanks(held)]));
}

export function listOf(value: unknown): readonly JsonObject[] {
  return (value ?? []) as readonly JsonObject[];
}

export function objectOf(value: unknown): JsonObject {
  return (value ?? {}) as JsonObject;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

import { redactPieces } from './redact-pieces.js';
import type { Redact } from './redact-json.js';

const DATA = 'data:';

/** Server-sent events; of a stream that was cut, the last line is left out, and the end of each text. */
export function redactEvents(text: string, isCut: boolean, redact: Redact): string {
  const lines = text.split('\n');
  if (isCut) lines.pop();
  const events = lines.map(readData);
  const isChanged = redactPieces(events, redact, isCut);
  return lines.map((line, at) => writeLine(line, events[at], { isChanged, redact })).join('\n');
}

interface How {
  readonly isChanged: boolean;
  readonly redact: Redact;
}

function writeLine(line: string, event: object | undefined, { isChanged, redact }: How): string {
  if (!event) return redact(line);
  return isChanged ? `${DATA} ${JSON.stringify(event)}` : line;
}

function readData(line: string): object | undefined {
  if (!line.startsWith(DATA)) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(DATA.length));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

import type { Frame } from '@sluice/contract';

const LF = 0x0a;

/** Where the bytes stop being frames of line-feed lines: at a carriage return, or at a byte order mark in front. */
export function strictStart(bytes: Buffer): number {
  return bytes[0] === 0xef ? 0 : bytes.indexOf(0x0d);
}

/** Index behind the last blank line. Surplus line feeds between frames count as read. */
export function frameEnd(bytes: Buffer): number {
  const last = bytes.length - 1;
  if (bytes[last] === LF && bytes[last - 1] === LF) return bytes.length;
  const at = bytes.lastIndexOf('\n\n');
  return skipLineFeeds(bytes, at < 0 ? 0 : at + 2);
}

export function skipLineFeeds(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === LF) at += 1;
  return at;
}

/** Index behind the blank line before. */
export function frameStart(text: string, at: number): number {
  const blank = at === 0 ? -1 : text.lastIndexOf('\n\n', at - 1);
  return blank < 0 ? 0 : blank + 2;
}

/** A frame of line-feed lines; nothing for one without data, such as a comment. */
export function parseFrame(text: string): Frame | undefined {
  let event: string | undefined;
  let data: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('data:')) data = data === undefined ? fieldValue(line, 5) : `${data}\n${fieldValue(line, 5)}`;
    else if (line.startsWith('event:')) event = fieldValue(line, 6);
  }
  return data === undefined ? undefined : { event, data };
}

function fieldValue(line: string, from: number): string {
  return line.slice(line.charCodeAt(from) === 0x20 ? from + 1 : from);
}

/** What is left where each pair of `cuts` is a beginning and an end. */
export function withoutRanges(bytes: Buffer, cuts: readonly number[]): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  for (let i = 0; i < cuts.length; i += 2) {
    kept.push(bytes.subarray(from, cuts[i]));
    from = Math.min(cuts[i + 1] ?? bytes.length, bytes.length);
  }
  kept.push(bytes.subarray(from));
  return Buffer.concat(kept);
}

import type { Frame, FrameReader } from '@sluice/contract';
import { MAX_FRAME_CHARS, frameTooLarge } from './sse.js';

/** Lines of JSON, one frame each; empty lines are none. Grammar: https://github.com/ndjson/ndjson-spec */
export function createLineReader(maxFrameChars: number = MAX_FRAME_CHARS): FrameReader {
  const decoder = new TextDecoder();
  let held = '';
  const toFrames = (lines: readonly string[]): readonly Frame[] =>
    lines.filter((line) => line.trim() !== '').map((data) => ({ data }));
  return {
    push(read) {
      const lines = (held + decoder.decode(read, { stream: true })).split('\n');
      held = lines.pop() ?? '';
      if (held.length > maxFrameChars) throw frameTooLarge();
      return toFrames(lines);
    },
    end() {
      const rest = held + decoder.decode();
      held = '';
      return toFrames([rest]);
    },
  };
}

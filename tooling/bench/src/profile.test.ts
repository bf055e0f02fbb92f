import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { costliest } from './profile.js';

const node = (id: number, functionName: string): Profiler.ProfileNode => ({
  id,
  callFrame: { functionName, scriptId: '1', url: '', lineNumber: 0, columnNumber: 0 },
});
const profile: Profiler.Profile = {
  nodes: [node(1, 'start'), node(2, 'parse'), node(3, 'write'), node(4, '(idle)')],
  startTime: 0,
  endTime: 0,
  samples: [1, 2, 3, 2, 4],
  timeDeltas: [5_000, 1_000, 1_000, 2_000, 9_000],
};

describe('costliest', () => {
  it('ranks by own time once warm, idle time left out', () => {
    const text = costliest(profile, { fromMs: 6, name: ({ functionName }) => functionName, count: 9 });
    expect(text).toBe(' 75.0 %  parse\n 25.0 %  write');
  });
});

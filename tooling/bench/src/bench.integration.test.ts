import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOADS } from './loads.js';
import { runRounds } from './rounds.js';
import type { Results } from './rounds.js';
import { summarize } from './summary.js';
import { startField } from './targets.js';
import type { Field } from './targets.js';

describe.runIf(process.platform === 'linux')('a short run without the gateway', () => {
  let field: Field;
  let results: Results;
  beforeAll(async () => {
    field = await startField(['direct', 'pass-through']);
    results = await runRounds(field, {
      loads: LOADS,
      rounds: 1,
      durationMs: 100,
      warmUpMs: 50,
      report: () => undefined,
    });
  });
  afterAll(() => field.stop());

  it.each(LOADS)('measures rate and cost under the load $name', (load) => {
    const rows = summarize(load, results.rounds.get(load) ?? []);
    expect(rows.map(({ target, unitsPerSecond }) => [target, unitsPerSecond > 0])).toEqual([
      ['direct', true],
      ['pass-through', true],
    ]);
  });

  it('ends every process that it started', async () => {
    await field.stop();
    const pids = [field.mockPid, ...field.targets.flatMap(({ pid }) => pid ?? [])];
    expect(pids.map(isAlive)).toEqual([false, false]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

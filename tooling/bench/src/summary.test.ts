import { describe, expect, it } from 'vitest';
import type { Load } from './loads.js';
import type { Measurement } from './measure.js';
import type { Round } from './rounds.js';
import { summarize } from './summary.js';
import { renderTable } from './table.js';
import type { TargetName } from './targets.js';

const load: Load = {
  name: 'chat',
  title: '1 KB chat',
  path: '/',
  body: {},
  unit: 'request',
  unitsPerAnswer: 1,
  mark: '',
  marksPerAnswer: 1,
  concurrency: 1,
  limit: 1.9,
};
const took = (cpuUs: number, p50Ms = 1): Measurement => ({
  unitsPerSecond: 100,
  cpuUs,
  p50Ms,
  p99Ms: 2,
  memoryMib: 90,
});
const round = (passThroughUs: number, sluiceUs: number): Round =>
  new Map<TargetName, Measurement>([
    ['direct', { unitsPerSecond: 200, p50Ms: 0.25, p99Ms: 1 }],
    ['pass-through', took(passThroughUs)],
    ['sluice', took(sluiceUs)],
  ]);
const sluiceIn = (...rounds: Round[]) => summarize(load, rounds).find(({ target }) => target === 'sluice');

describe('summarize', () => {
  it('pairs the ratio within each round before it takes the median', () => {
    const summary = sluiceIn(round(50, 100), round(100, 150), round(10, 40));
    expect(summary?.ratio).toEqual({ median: 2, least: 1.5, most: 4 });
  });

  it('gives latency over that of the direct way', () => {
    expect(sluiceIn(round(50, 100))).toMatchObject({ addedP50Ms: 0.75, addedP99Ms: 1 });
  });

  it.each([
    [94, true],
    [96, false],
  ])('judges %d µs against 50 by the limit: %s', (cpuUs, within) => {
    expect(sluiceIn(round(50, cpuUs))?.withinLimit).toBe(within);
  });

  it.each([
    [100, true],
    [110, false],
  ])(
    "judges %d µs against its own 52 under the load that the limit names, not against the pass-through's: %s",
    (cpuUs, within) => {
      const rows = summarize({ ...load, against: 'stream', limit: 2 }, [round(10, cpuUs)], [round(50, 52)]);
      expect(rows.find(({ target }) => target === 'sluice')?.withinLimit).toBe(within);
    },
  );

  it('judges nothing where that load was not put on', () => {
    const rows = summarize({ ...load, against: 'stream' }, [round(50, 10)]);
    expect(rows.every(({ withinLimit }) => withinLimit === undefined)).toBe(true);
  });

  it('judges nothing without a pass-through to compare with', () => {
    expect(sluiceIn(new Map([['sluice', took(500)]]))?.withinLimit).toBeUndefined();
  });

  it('leaves out targets that were not measured', () => {
    expect(summarize(load, [new Map([['pass-through', took(50)]])]).map(({ target }) => target)).toEqual([
      'pass-through',
    ]);
  });
});

describe('renderTable', () => {
  const table = renderTable(summarize(load, [round(50, 100)]));

  it('says that the gateway is over its limit, and by how much', () => {
    expect(table).toMatch(/\| sluice +\|.* 2\.00 \(2\.00-2\.00\) \| +\| 1\.9 OVER \|/);
  });

  it('leaves empty what a target has not', () => {
    expect(table).not.toContain('NaN');
  });

  it('is as wide in every line', () => {
    expect(new Set(table.split('\n').map(({ length }) => length)).size).toBe(1);
  });
});

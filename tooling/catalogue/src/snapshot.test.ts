import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSnapshot, snapshotSchema } from '@sluice/catalogue';
import { ROOT } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { combine } from './combine.js';
import { SOURCES } from './source-list.js';
import { writeSnapshot } from './write-snapshot.js';

const text = readFileSync(join(ROOT, 'packages/catalogue/snapshot.json'), 'utf8');
const data = readSnapshot();

describe('the committed snapshot', () => {
  it('has the form that the generator writes', () => {
    expect(snapshotSchema.parse(JSON.parse(text))).toEqual(data);
    expect(writeSnapshot(data)).toBe(text);
  });

  it('was made from the sources that are pinned', () => {
    expect(data.sources).toEqual(SOURCES);
  });

  it('is in the stable order, with equal facts joined', () => {
    const drafts = data.models.flatMap(({ at, ...facts }) =>
      Object.entries(at).flatMap(([kind, names]) => names.map((name) => ({ kind, name, facts }))),
    );
    expect(combine(drafts.toReversed())).toEqual(data.models);
  });

  it('names no model twice at one place', () => {
    const names = data.models.flatMap(({ at }) =>
      Object.entries(at).flatMap(([kind, listed]) => listed.map((name) => `${kind}/${name}`)),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps below a megabyte', () => {
    expect(text.length).toBeLessThan(1_000_000);
  });

  it('has no chat for nothing, and no price that is a slip of the unit', () => {
    const chats = data.models.filter(({ modes, prices }) => modes.includes('chat') && prices);
    expect(chats.length).toBeGreaterThan(500);
    for (const { at, prices = [] } of chats) {
      const { input = 0, output = 0 } = prices[0]?.picoUsd ?? {};
      const label = JSON.stringify(at);
      expect([label, input >= 100, input <= 1_000_000_000, output >= 100, output <= 1_000_000_000]).toEqual([
        label,
        true,
        true,
        true,
        true,
      ]);
    }
  });
});

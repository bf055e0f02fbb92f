import { expect, it } from 'vitest';
import { LOADS } from '../loads.js';
import type { Round } from '../rounds.js';
import type { TargetName } from '../targets.js';
import { renderParts } from './render-parts.js';
import { summarizeParts } from './summarize-parts.js';

const chat = LOADS.find(({ name }) => name === 'chat');
if (!chat) throw new Error('There is no load named chat.');
const round = (cpuUs: number): Round => new Map<TargetName, never>([['pass-through', { cpuUs } as never]]);
const part = (cpuUs: number, p50Ms = 0.1) => ({ cpuUs, p50Ms });

it('pairs what a part costs with what a chat cost the pass-through in the same round', () => {
  const rounds = new Map([[chat, [round(50), round(100), round(80)]]]);
  const parts = [
    { auth: part(1), admission: part(20, 0.6) },
    { auth: part(3), admission: part(20, 0.7) },
    { auth: part(8), admission: part(16, 0.1) },
  ];
  const [auth, admission] = summarizeParts({ rounds, parts });
  expect(auth).toMatchObject({ cpuUs: 3, ratio: { median: 0.03, least: 0.02, most: 0.1 }, withinLimit: true });
  expect(admission).toMatchObject({ ratio: { median: 0.2 }, p50Ms: 0.6, withinLimit: false });
  expect(renderParts(summarizeParts({ rounds, parts }))).toContain('0.5 OVER');
});

it('says nothing of parts without the pass-through', () => {
  const parts = [{ auth: part(1), admission: part(20) }];
  expect(summarizeParts({ rounds: new Map([[chat, [new Map()]]]), parts })).toEqual([]);
  expect(summarizeParts({ rounds: new Map(), parts })).toEqual([]);
});

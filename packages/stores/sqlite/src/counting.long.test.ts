import { expect, it } from 'vitest';
import { runSchedules } from './__fixtures__/counting-schedules.js';

it('10,000 schedules of those who count keep to the model', async () => {
  expect(await runSchedules(10_000)).toBe(10_000);
}, 3_600_000);

import { expect, it } from 'vitest';
import { runSchedules } from './__fixtures__/money-schedules.js';

it('G34: 10,000 schedules keep to the model', async () => {
  expect(await runSchedules(10_000)).toBe(10_000);
}, 3_600_000);

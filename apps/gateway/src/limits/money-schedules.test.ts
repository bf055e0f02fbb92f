import { expect, it } from 'vitest';
import { runSchedules } from './__fixtures__/money-schedules.js';

it('G34: what is admitted, spent and counted is what the model says, through crashes, restarts and reloads', async () => {
  expect(await runSchedules(200)).toBe(200);
}, 120_000);

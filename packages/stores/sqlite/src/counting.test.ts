import { expect, it } from 'vitest';
import { runSchedules } from './__fixtures__/counting-schedules.js';

it('what is counted is what the model says, whatever becomes of those who count', async () => {
  expect(await runSchedules(150)).toBe(150);
});

import { expect, it } from 'vitest';
import { USUAL_MS, brownOut, shareOfFirst } from './__fixtures__/brown-out.js';
import { quantile } from './__fixtures__/steadily.js';

it('at 100 requests a second, a target that becomes ten times slower has less than a tenth of them ten seconds later (F16)', async () => {
  await using scene = await brownOut(100);
  const before = await scene.send(10);
  await scene.slowDown(USUAL_MS * 10);
  const during = await scene.send(30);
  expect(shareOfFirst(during.slice(10 * 100))).toBeLessThan(0.1);
  expect(quantile([...before, ...during], 0.95)).toBeLessThan(2 * quantile(before, 0.95));
});

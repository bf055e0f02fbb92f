import { readFixtures } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { encodeFrames } from './__fixtures__/encode-frames.js';
import type { RecordedFrame } from './__fixtures__/encode-frames.js';

const recorded = readFixtures(new URL('./__fixtures__/', import.meta.url), 'chat').filter((one) =>
  one.has('frames.json'),
);

it.for(recorded)('the bytes of $name are its frames, in the encoding of the SDK', (fixture) => {
  const frames = fixture.json<readonly RecordedFrame[]>('frames.json');
  expect(Buffer.from(fixture.bytes('bin')).equals(encodeFrames(frames))).toBe(true);
});

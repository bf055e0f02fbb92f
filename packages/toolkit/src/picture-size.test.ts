import { describe, expect, it } from 'vitest';
import { nearestRatio, readPictureSize } from './picture-size.js';

describe('the size of a picture', () => {
  it.for([
    ['1024x768', { width: 1_024, height: 768, inPixels: true }],
    ['16:9', { width: 16, height: 9, inPixels: false }],
  ] as const)('is read from %s', ([size, read]) => expect(readPictureSize(size)).toEqual(read));

  it.for(['auto', '', '0x5', '5:0', '1024', '1024x', '2K', '1x1x1', '123456x1', '-1x1'])(
    'is not read from "%s"',
    (size) => expect(readPictureSize(size)).toBeUndefined(),
  );

  it.for([
    [{ width: 1_536, height: 1_024 }, '3:2'],
    [{ width: 1_024, height: 1_792 }, '9:16'],
    [{ width: 1, height: 1 }, '1:1'],
    [{ width: 40, height: 9 }, '16:9'],
  ] as const)('of %j is nearest to %s', ([size, ratio]) => {
    expect(nearestRatio(size, ['9:16', '1:1', '3:2', '16:9'])).toBe(ratio);
  });
});

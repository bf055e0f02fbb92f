import { expect, it } from 'vitest';
import { imageTypeOf } from './image-type.js';

it.for([
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0], 'image/png'],
  [[0xff, 0xd8, 0xff, 0xe0], 'image/jpeg'],
  [[...Buffer.from('RIFF0000WEBP')], 'image/webp'],
  [[...Buffer.from('GIF89a')], 'image/gif'],
  [[], 'image/png'],
] as const)('takes %j for %s', ([bytes, type]) =>
  expect(imageTypeOf(Buffer.from(bytes).toString('base64'))).toBe(type),
);

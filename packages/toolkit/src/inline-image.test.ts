import { expect, it } from 'vitest';
import { readInlineImage } from './inline-image.js';

it.for([
  ['data:image/png;base64,aGk=', { mediaType: 'image/png', base64: 'aGk=' }],
  ['data:image/svg+xml;base64,', { mediaType: 'image/svg+xml', base64: '' }],
  ['data:image/png,aGk=', undefined],
  ['data:text/plain;base64,aGk=', undefined],
  ['https://a.example/a.png', undefined],
  ['See data:image/png;base64,aGk=', undefined],
  ['', undefined],
] as const)('"%s" holds %j', ([text, image]) => expect(readInlineImage(text)).toEqual(image));

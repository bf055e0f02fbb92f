import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeForm } from './multipart.js';
import type { FormField } from './multipart.js';

async function readBack(fields: readonly FormField[]): Promise<unknown[]> {
  const { body, contentType } = writeForm(fields);
  const form = await new Response(Buffer.concat(body), { headers: { 'content-type': contentType } }).formData();
  return Promise.all(
    [...form].map(async ([name, value]) => {
      if (typeof value === 'string') return [name, value];
      const bytes = new Uint8Array(await value.arrayBuffer());
      return [name, { filename: value.name, mediaType: value.type, bytes }];
    }),
  );
}

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const file = fc.record({
  filename: word,
  mediaType: fc.constant('audio/wav'),
  bytes: fc.uint8Array({ maxLength: 64 }),
});
const field = fc.tuple(word, fc.oneof(fc.stringMatching(/^[\t -~äöü]{0,40}$/), file)) as fc.Arbitrary<FormField>;

describe('a written form', () => {
  it('is read as what was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(field, { minLength: 1, maxLength: 5 }), async (fields) => {
        expect(await readBack(fields)).toEqual(fields);
      }),
    );
  });

  it('keeps its boundary out of what it holds', async () => {
    const fields: FormField[] = [
      ['a', 'x--sluice-form-0x'],
      ['f', { filename: 'a', mediaType: 'audio/wav', bytes: Buffer.from('--sluice-form-1') }],
    ];
    expect(writeForm(fields).contentType).toBe('multipart/form-data; boundary=sluice-form-2');
  });

  it('lets no name break out of its line', () => {
    const bytes = new Uint8Array();
    const { body } = writeForm([['a"\r\nb', { filename: 'x"\r\ny', mediaType: 'audio/wav\r\nx: y', bytes }]]);
    expect(Buffer.concat(body).toString().split('\r\n').slice(0, 3)).toEqual([
      '--sluice-form-0',
      'content-disposition: form-data; name="a%22%0D%0Ab"; filename="x%22%0D%0Ay"',
      'content-type: audio/wavx: y',
    ]);
  });

  it('gives the same bytes again', () => {
    const fields: FormField[] = [['a', 'b']];
    expect(writeForm(fields)).toEqual(writeForm(fields));
  });
});

import { expect, it } from 'vitest';
import { createRawApi } from './raw.js';

const raw = createRawApi({});

it.for([
  [
    'v1beta/models/gemini-3-pro:generateContent',
    { operation: 'chat', dialect: 'gemini-generate', model: 'gemini-3-pro' },
  ],
  [
    'models/m:streamGenerateContent',
    {
      operation: 'chat',
      dialect: 'gemini-generate',
      model: 'm',
      stream: true,
      inspect: expect.any(Function) as unknown,
    },
  ],
  ['v1/models/m:batchEmbedContents', { operation: 'embed', dialect: 'gemini-embed-batch', model: 'm' }],
  ['v1beta/models/m:predictLongRunning', { model: 'm' }],
  ['v1beta/files', undefined],
] as const)('a raw request to %s is recognised', ([path, call]) => {
  expect(raw.recognise({ method: 'POST', path })).toEqual(call);
});

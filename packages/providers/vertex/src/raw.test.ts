import { expect, it } from 'vitest';
import { createRawApi } from './raw.js';

const raw = createRawApi({ project: 'p', location: 'l', headers: {} });
const AT = 'v1/projects/p/locations/l';

it.for([
  [
    `${AT}/publishers/google/models/gemini-3-pro:generateContent`,
    { operation: 'chat', dialect: 'gemini-generate', model: 'gemini-3-pro' },
  ],
  [
    `${AT}/publishers/anthropic/models/claude-x%401:streamRawPredict`,
    { operation: 'chat', dialect: 'anthropic-messages', stream: true, model: 'claude-x@1' },
  ],
  [
    `${AT}/publishers/mistralai/models/large:rawPredict`,
    { operation: 'chat', dialect: 'anthropic-messages', model: 'mistralai/large' },
  ],
  [`projects/p/locations/l/endpoints/openapi/chat/completions`, { operation: 'chat', dialect: 'openai-chat' }],
  [`${AT}/cachedContents`, undefined],
] as const)('a raw request to %s is recognised', ([path, call]) => {
  expect(raw.recognise({ method: 'POST', path })).toEqual(call);
});

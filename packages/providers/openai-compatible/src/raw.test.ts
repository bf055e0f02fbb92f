import { describe, expect, it } from 'vitest';
import { createHeaderWriter } from './headers.js';
import { createRawApi } from './raw.js';

const raw = createRawApi(createHeaderWriter({ 'X-Team': 't' }));

describe('raw requests', () => {
  it.for([
    ['chat/completions', { operation: 'chat', dialect: 'openai-chat' }],
    ['v1/responses', { operation: 'chat', dialect: 'openai-responses' }],
    ['deployments/my%2Fgpt/embeddings', { operation: 'embed', dialect: 'openai-embeddings', model: 'my/gpt' }],
    ['audio/transcriptions', { operation: 'transcription', dialect: 'openai-transcriptions' }],
    ['responses/resp_1/cancel', undefined],
    ['files', undefined],
  ] as const)('know %s', ([path, call]) => expect(raw.recognise({ method: 'POST', path })).toEqual(call));

  it("carry the operator's headers and those of the dialect", () => {
    expect(raw.headersFor({ 'openai-beta': 'assistants=v2', 'openai-organization': 'o' })).toMatchObject({
      'openai-beta': 'assistants=v2',
      'x-team': 't',
    });
  });
});

import type { Pipeline } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { createPipelineFinder } from './find-pipeline.js';

const exact: Pipeline = () => Promise.reject(new Error('exact'));
const named: Pipeline = () => Promise.reject(new Error('named'));
const find = createPipelineFinder(
  new Map([
    ['/v1/chat/completions', exact],
    ['/v1beta/models/{model}:generateContent', named],
  ]),
);

describe('a path that models answer', () => {
  it('is found as it is written', () => {
    expect(find('/v1/chat/completions')).toEqual({ pipeline: exact });
  });

  it.for<[path: string, model: string]>([
    ['/v1beta/models/gemini-3-pro:generateContent', 'gemini-3-pro'],
    ['/v1beta/models/openai/gpt-5:generateContent', 'openai/gpt-5'],
    ['/v1beta/models/openai%2Fgpt-5:generateContent', 'openai/gpt-5'],
    ['/v1beta/models/llama3:8b:generateContent', 'llama3:8b'],
  ])('names the model in %s', ([path, model]) => {
    expect(find(path)).toEqual({ pipeline: named, params: { model } });
  });

  it.for([
    '/v1beta/models/:generateContent',
    '/v1beta/models/a:countTokens',
    '/v1beta/models/%zz:generateContent',
    '/v1/chat/completions/',
    '/x/v1beta/models/a:generateContent',
  ])('is not %s', (path) => {
    expect(find(path)).toBeUndefined();
  });
});

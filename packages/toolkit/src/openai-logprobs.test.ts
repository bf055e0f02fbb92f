import { describe, expect, it } from 'vitest';
import { audioFormatOf } from './index.js';
import { readLogprobs, writeLogprobs } from './openai-wire.js';

const ENTRY = { token: 'a', logprob: -0.5, bytes: [97], top: [{ token: 'b', logprob: -1 }] };

describe('log probabilities', () => {
  it.for(['content', 'refusal'] as const)('come back from %s', (of) => {
    expect(readLogprobs(writeLogprobs([ENTRY], of))).toEqual([ENTRY]);
  });

  it('are read from the parallel lists of a completion', () => {
    const lists = { tokens: ['a', 'b'], token_logprobs: [null, -0.5], top_logprobs: [null, { b: -0.5, c: -2 }] };
    expect(readLogprobs(lists)).toEqual([
      {
        token: 'b',
        logprob: -0.5,
        top: [
          { token: 'b', logprob: -0.5 },
          { token: 'c', logprob: -2 },
        ],
      },
    ]);
  });

  it.for([undefined, null, 7, {}, { content: null, refusal: null }])('are none in %j', (value) => {
    expect(readLogprobs(value)).toBeUndefined();
  });

  it('leave out what is no entry', () => {
    expect(
      readLogprobs({ content: [7, { token: 'a' }, { token: 'a', logprob: -1, bytes: ['x'], top_logprobs: [7] }] }),
    ).toEqual([{ token: 'a', logprob: -1, top: [] }]);
  });
});

describe('the format of a sound', () => {
  it.for([
    ['52494646', 'wav'],
    ['494433', 'mp3'],
    ['fffb90', 'mp3'],
    ['fff150', 'aac'],
    ['4f676753', 'opus'],
    ['664c6143', 'flac'],
    ['ffffff', 'pcm16'],
    ['0000', 'pcm16'],
  ] as const)('that begins with %s is %s', ([hex, format]) => {
    expect(audioFormatOf(Buffer.from(hex, 'hex').toString('base64'))).toBe(format);
  });
});

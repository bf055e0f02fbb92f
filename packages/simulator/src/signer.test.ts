import { describe, expect, it } from 'vitest';
import { isSigned, seal, sign, unseal } from './signer.js';

describe('sign', () => {
  it('gives a signature that is known again', () => {
    expect(isSigned('anthropic', 'a thought', sign('anthropic', 'a thought'))).toBe(true);
  });

  it.for([
    ['another text', 'anthropic', 'another thought', sign('anthropic', 'a thought')],
    ['another signatory', 'anthropic', 'a thought', sign('gemini', 'a thought')],
    ['a changed signature', 'anthropic', 'a thought', sign('anthropic', 'a thought').replace(/.{4}$/, 'AAA=')],
    ['no signature', 'anthropic', 'a thought', ''],
    ['a word', 'gemini', 'a thought', 'skip'],
  ] as const)('does not know %s', ([, signatory, text, signature]) => {
    expect(isSigned(signatory, text, signature)).toBe(false);
  });

  it('looks as each vendor has it', () => {
    expect([sign('openai', 'x').slice(0, 6), sign('anthropic', 'x').slice(0, 2)]).toEqual(['gAAAAA', 'Ei']);
  });
});

describe('seal', () => {
  it('gives back what it carries', () => {
    expect(unseal('openai', seal('openai', 'thoughts, 🙂'))).toBe('thoughts, 🙂');
  });

  it.for(['', 'x', 'x.y', seal('gemini', 'thoughts')])('opens nothing that it did not close: %j', (sealed) => {
    expect(unseal('openai', sealed)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatEvent, ChatResult } from '@sluice/contract';
import { answerIn, ask, checkPrompt, plainWriter, rigOf } from './__fixtures__/guards-rig.js';

const SETTINGS = {
  pii: {
    kind: 'pii',
    on: ['input', 'output'],
    reversible: true,
    entities: ['email', 'phone', 'credit-card', 'iban', 'ip'],
  },
  names: { kind: 'keywords', on: ['output'], words: ['Blue Moon', 'C++'], action: 'mask' },
  keys: { kind: 'regex', on: ['output'], patterns: ['sk-[a-z0-9]{4,}', 'BEGIN.{0,20}END'], action: 'mask' },
};
const words = fc.constantFrom(
  'joe@example.com',
  '[EMAIL_1]',
  '[EMAIL_7]',
  '+44 20 7946 0958',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  '10.0.0.1',
  'blue  moon',
  'C++',
  'sk-abcd1',
  'BEGIN',
  'END',
  'hello',
  ' ',
  '\n',
  '.',
  '@',
  '4',
  'é',
  '💧',
);
const texts = fc.array(words, { maxLength: 25 }).map((parts) => parts.join(''));

function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length));
}

async function callThatMasked() {
  const { call } = rigOf(SETTINGS);
  await checkPrompt(call, ask('ann@example.com'));
  return call;
}

describe('a stream that is guarded', () => {
  it('says what the plain answer says, however it was cut', async () => {
    const call = await callThatMasked();
    const property = fc.asyncProperty(texts, fc.array(fc.nat(400), { maxLength: 30 }), async (text, places) => {
      const stream = call.openOutput().watch(plainWriter);
      const written = answerIn(cut(text, places)).map((event) => stream.write(event));
      const result: ChatResult = {
        id: 'a',
        model: 'm',
        content: [{ type: 'text', text }],
        finish: { unified: 'stop' },
      };
      const [part] = (await call.openOutput().checkResult(result)).content;
      expect({ type: 'text', text: written.join('') }).toEqual(part);
    });
    await fc.assert(property, { numRuns: 400 });
  });

  it('never lets anything out of a text that is refused', () => {
    const property = fc.property(texts, texts, fc.array(fc.nat(600), { maxLength: 40 }), (before, after, places) => {
      const { call } = rigOf({ keys: { kind: 'regex', on: ['output'], patterns: ['XSECRETX[0-9]{6}'] } });
      const stream = call.openOutput().watch(plainWriter);
      let out = '';
      const write = (event: ChatEvent): void => void (out += stream.write(event));
      expect(() => answerIn(cut(`${before}XSECRETX123456${after}`, places)).forEach(write)).toThrow('"keys"');
      expect(out).not.toContain('X');
    });
    fc.assert(property, { numRuns: 250 });
  });
});

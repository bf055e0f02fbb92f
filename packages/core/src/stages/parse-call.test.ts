import type { GatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { toyDialect } from '../__fixtures__/toy-dialect.js';
import { parseCall } from '../parse-body.js';
import { parseCallOf } from './parse-call.js';

const LONG = 'Say "yes", in C:\\temp, and then nothing more for quite a while.\n'.repeat(1_000);
const read = (text: string) => {
  const body = parseCall(Buffer.from(text));
  const parsed = parseCallOf(toyDialect, body, { headers: {} });
  return { body, parsed };
};
const call = (members: object): string => JSON.stringify({ model: 'm', say: LONG, stream: true, ...members });

describe('a call with a long text', () => {
  it('is known without its text, and says all of it when asked', () => {
    const { body, parsed } = read(call({ needs: ['vision'], aloud: true }));
    expect(body.wire).not.toMatchObject({ say: LONG });
    expect(parsed).toMatchObject({ model: 'm', stream: true, wantsUsage: true, features: ['vision'] });
    expect(parsed.toRequest().messages).toEqual([{ role: 'user', content: [{ type: 'text', text: LONG }] }]);
    expect(parsed.wire).toEqual({ model: 'm', say: LONG, stream: true, needs: ['vision'], aloud: true });
    expect(parsed.adjustments).toEqual([{ parameter: 'aloud', action: 'emulated' }]);
  });

  it('is read once, however often it is asked for', () => {
    const { parsed } = read(call({}));
    expect(parsed.wire).toBe(parsed.wire);
  });

  it('is refused as a short one is', () => {
    expect(() => read(call({ model: 1 }))).toThrow(expect.objectContaining({ code: 'missing_required_parameter' }));
  });

  it('is told to be no JSON when its text is wanted and is none', () => {
    const { parsed } = read(call({ say: `${LONG}!` }).replace('!', String.raw`\x`));
    expect(parsed.model).toBe('m');
    expect(() => parsed.toRequest()).toThrow(
      expect.objectContaining({ code: 'invalid_json' } satisfies Partial<GatewayError>),
    );
  });

  it('is read whole where its beginning says too little', () => {
    const strict = {
      parse: (wire: unknown) => {
        if ((wire as { say: string }).say !== LONG) throw new Error('not as it should be');
        return toyDialect.parse(wire);
      },
    };
    const body = parseCall(Buffer.from(call({})));
    expect(parseCallOf(strict, body, { headers: {} }).wire).toMatchObject({ say: LONG });
  });

  it('is read whole where its characters are paid for', () => {
    const counting = {
      parse: (wire: unknown) => ({ ...toyDialect.parse(wire), characters: (wire as { say: string }).say.length }),
    };
    const body = parseCall(Buffer.from(call({})));
    expect(parseCallOf(counting, body, { headers: {} }).characters).toBe(LONG.length);
  });
});

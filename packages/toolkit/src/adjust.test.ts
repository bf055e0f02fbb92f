import { describe, expect, it } from 'vitest';
import { droppedExtensions, extensionsFor, nativeExtensions, untranslatable } from './adjust.js';

const request = { extensions: { dialect: 'openai-chat', fields: { store: true, n: 2 } } };

describe('fields beyond the canonical ones', () => {
  it('go to a vendor of the same dialect', () => {
    expect([extensionsFor(request, 'openai-chat'), droppedExtensions(request, 'openai-chat')]).toEqual([
      { store: true, n: 2 },
      [],
    ]);
  });

  it('are dropped, and listed, for another', () => {
    expect([extensionsFor(request, 'other'), droppedExtensions(request, 'other')]).toEqual([
      {},
      [
        { parameter: 'store', action: 'dropped' },
        { parameter: 'n', action: 'dropped' },
      ],
    ]);
  });

  it('may be absent', () => {
    expect([extensionsFor({}, 'other'), droppedExtensions({}, 'other')]).toEqual([{}, []]);
  });

  it('go to a vendor that has them by that very name, whatever the dialect', () => {
    expect([nativeExtensions(request, new Set(['n'])), nativeExtensions({}, new Set(['n']))]).toEqual([
      { fields: { n: 2 }, adjustments: [{ parameter: 'store', action: 'dropped' }] },
      { fields: {}, adjustments: [] },
    ]);
  });
});

it('refuses content that a vendor has no form for, naming where it stands', () => {
  expect(untranslatable('a part of type "audio"')).toMatchObject({
    code: 'invalid_value',
    message: `messages: a part of type "audio" cannot be sent to this model's provider.`,
    details: { param: 'messages' },
  });
});

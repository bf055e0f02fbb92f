import { describe, expect, it } from 'vitest';
import { droppedExtensions, extensionsFor } from './adjust.js';

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
});

import { describe, expect, it } from 'vitest';
import { mapJsonText } from './json-text.js';
import { mapTexts } from './map-texts.js';

const mapping = {
  map: (text: string) => text.replaceAll('secret', '***'),
  kindOf: (object: { readonly [key: string]: unknown }, kind: string) =>
    typeof object['role'] === 'string' ? object['role'] : kind,
};

describe('mapTexts', () => {
  it('reaches every text of a request and leaves names, ids and bytes alone', () => {
    const request = {
      stream: false,
      user: 'secret',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'a secret' }] },
        {
          role: 'user',
          content: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', base64: 'secret' } }],
        },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'secret', name: 'f', json: '{"a":"secret","b":1.50}' }],
        },
        { role: 'tool', callId: 'secret', content: [{ type: 'text', text: 'no' }] },
      ],
      extensions: { dialect: 'openai-chat', fields: { prediction: { content: 'secret' } } },
    };
    expect(mapTexts(request, mapping)).toEqual({
      ...request,
      user: '***',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'a ***' }] },
        request.messages[1],
        { role: 'assistant', content: [{ type: 'tool-call', id: 'secret', name: 'f', json: '{"a":"***","b":1.50}' }] },
        request.messages[3],
      ],
      extensions: { dialect: 'openai-chat', fields: { prediction: { content: '***' } } },
    });
  });

  it('gives back the very object where nothing changes', () => {
    const request = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }] };
    expect(mapTexts(request, mapping)).toBe(request);
  });

  it('reads a file of plain text', () => {
    const source = (text: string) => ({
      kind: 'base64',
      mediaType: 'text/plain',
      base64: Buffer.from(text).toString('base64'),
    });
    expect(mapTexts(source('a secret'), mapping)).toEqual(source('a ***'));
  });
});

describe('mapJsonText', () => {
  it('changes strings, names and numbers, and keeps every other byte', () => {
    const json = '{ "se\\u0063ret" : [12345678901234567890, 4111, "a\\nb", "q\\"x"] }';
    const mapped = mapJsonText(json, (text) => (text === 'secret' || text === '4111' ? `<"${text}">` : text));
    expect(mapped).toBe('{ "<\\"secret\\">" : [12345678901234567890, "<\\"4111\\">", "a\\nb", "q\\"x"] }');
  });

  it('takes what is no JSON as one text', () => {
    expect(mapJsonText('{"a": secret', (text) => text.toUpperCase())).toBe('{"A": SECRET');
  });
});

import { describe, expect, it } from 'vitest';
import { mapJsonText } from './json-text.js';
import { mapTexts } from './map-texts.js';

const mapping = {
  map: (text: string) => text.replaceAll('secret', '***'),
  kindOf: (object: { readonly [key: string]: unknown }, kind: string) =>
    typeof object['role'] === 'string' ? object['role'] : kind,
};

const BYTES = `secret${'A'.repeat(40)}`;

describe('mapTexts', () => {
  it('reaches every text of a request and leaves names, ids and bytes alone', () => {
    const request = {
      stream: false,
      user: 'secret',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'a secret' }] },
        {
          role: 'user',
          content: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', base64: BYTES } }],
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

describe('what only looks as if there were no text in it', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  it.each([
    ['a data URL with text behind it', 'data:;base64, my secret', 'data:;base64, my ***'],
    ['a data URL that is too short for a picture', 'data:image/png;base64,secret', 'data:image/png;base64,***'],
    [
      'a data URL of plain text',
      `data:text/plain;base64,${base64('a secret')}`,
      `data:text/plain;base64,${base64('a ***')}`,
    ],
    ['a data URL of no type', `data:;base64,${base64('a secret')}`, `data:;base64,${base64('a ***')}`],
    ['a data URL of text that is not in base64', 'data:text/plain;base64,secret-', 'data:text/plain;base64,***-'],
  ])('%s', (_, text, expected) => {
    expect(mapTexts({ text }, mapping)).toEqual({ text: expected });
    expect(mapTexts([text], { ...mapping, isForeign: true })).toEqual([expected]);
  });

  it('a data URL of a picture is left alone, in lines too', () => {
    const urls = [`data:image/png;base64,${BYTES}==`, `data:application/pdf;name=x;base64,${BYTES}`];
    expect(mapTexts(urls, mapping)).toBe(urls);
    const source = { kind: 'base64', mediaType: 'image/png', base64: `${BYTES.padEnd(76, 'A')}\r\n${BYTES}` };
    expect(mapTexts(source, mapping)).toBe(source);
  });

  it('bytes that are none', () => {
    const source = { kind: 'base64', mediaType: 'image/png', base64: 'my secret' };
    expect(mapTexts(source, mapping)).toEqual({ ...source, base64: 'my ***' });
    const file = { ...source, mediaType: 'text/plain' };
    expect(mapTexts(file, mapping)).toEqual({ ...file, base64: 'my ***' });
  });

  it.each(['id', 'raw', 'format', 'model', 'kind', 'type', 'role', 'base64', 'signature'])(
    'a field "%s" that is none of the canonical form',
    (name) => {
      const own = (text: string) => ({
        messages: [
          {
            role: 'user',
            content: [{ type: 'text', text: '', opaque: { kind: 'openai-chat', data: { [name]: text } } }],
          },
        ],
        tools: [{ name: 'f', schema: { [name]: text } }],
        extensions: { dialect: 'openai-chat', fields: { [name]: text, within: { [name]: [text] } } },
      });
      expect(mapTexts(own('a secret'), mapping)).toEqual(own('a ***'));
      expect(mapTexts({ [name]: 'a secret' }, { ...mapping, isForeign: true })).toEqual({ [name]: 'a ***' });
    },
  );

  it('a list that begins with a number', () => {
    const walk = (list: readonly unknown[]) => mapTexts({ list }, mapping).list;
    expect(walk([1, 'secret', { a: 'secret' }])).toEqual([1, '***', { a: '***' }]);
    const vector = [0.5, 1, 2];
    expect(walk(vector)).toBe(vector);
  });

  it('words of the grammar and what vendors sealed are left alone', () => {
    const seen: string[] = [];
    const map = (text: string) => {
      seen.push(text);
      return text;
    };
    mapTexts(
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'thinking', signature: BYTES },
        ],
        type: 'b',
      },
      { ...mapping, map, isForeign: true },
    );
    expect(seen).toEqual(['a', 'b']);
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

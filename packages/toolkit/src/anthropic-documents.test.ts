import type { FilePart, ImagePart, JsonObject, TextPart } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { toDocument, toImage, toSearchResult, writeDocument, writeImage, writeSearchResult } from './anthropic-wire.js';

const file = (mediaType: string, text: string): FilePart => ({
  type: 'file',
  source: { kind: 'base64', mediaType, base64: Buffer.from(text).toString('base64') },
});
const TEXTS = {
  type: 'content',
  content: [
    { type: 'text', text: 'One' },
    { type: 'text', text: 'Two' },
  ],
};

describe('documents', () => {
  it.each<JsonObject>([
    { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
    { type: 'url', url: 'https://example.com/a.pdf' },
    { type: 'text', media_type: 'text/plain', data: 'Æ – \u{1f600}' },
    { type: 'file', file_id: 'file_01' },
    TEXTS,
    { type: 'content', content: 'One text' },
    { type: 'content', content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }] },
    { type: 'url', url: 'https://example.com/a.pdf', pages: [1, 2] },
    { type: 'drive', id: 'x' },
  ])('come back as they were from the source %j', (source) => {
    const block = {
      type: 'document',
      source,
      title: 'A',
      context: 'Of 2026',
      citations: { enabled: true },
      cache_control: { type: 'ephemeral', ttl: '1h' },
    };
    expect(writeDocument(toDocument(block))).toEqual(block);
  });

  it('say what their canonical form says now, where that was changed', () => {
    const part = { ...toDocument({ type: 'document', source: TEXTS }), source: file('text/plain', 'Other').source };
    expect(writeDocument(part).source).toEqual({ type: 'text', media_type: 'text/plain', data: 'Other' });
  });

  it.each(['text/plain', 'text/markdown', 'text/csv;charset=utf-8', 'application/json'])(
    'of type %s go as plain text',
    (mediaType) => {
      expect(writeDocument(file(mediaType, 'æ')).source).toEqual({
        type: 'text',
        media_type: 'text/plain',
        data: 'æ',
      });
    },
  );

  it('take data URLs apart', () => {
    const source = { kind: 'url', url: 'data:application/pdf;name=a.pdf;base64,JVBERi0=' } as const;
    expect(writeDocument({ type: 'file', source, filename: 'a.pdf' })).toEqual({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
      title: 'a.pdf',
    });
  });

  it('take text from data URLs without base64', () => {
    const source = { kind: 'url', url: 'data:text/plain,a%20b' } as const;
    expect(writeDocument({ type: 'file', source }).source).toMatchObject({ type: 'text', data: 'a b' });
  });

  it.each<FilePart>([
    file('application/zip', 'PK'),
    { type: 'file', source: { kind: 'stored', state: { kind: 'openai-responses', data: { file_id: 'f' } } } },
  ])('are refused in a form that the vendor does not read: %j', (part) => {
    expect(() => writeDocument(part)).toThrow(expect.objectContaining({ code: 'invalid_value' }));
  });
});

describe('images', () => {
  it.each<JsonObject>([
    { type: 'base64', media_type: 'image/png', data: 'iVBORw0=' },
    { type: 'url', url: 'https://example.com/a.png' },
    { type: 'file', file_id: 'file_01' },
    { type: 'drive', id: 'x' },
  ])('come back as they were from the source %j', (source) => {
    const block = {
      type: 'image',
      source,
      transformations: { oversized_image: 'error' },
      cache_control: { type: 'x' },
    };
    expect(writeImage(toImage(block))).toEqual(block);
  });

  it('are refused where another vendor keeps them', () => {
    const part: ImagePart = { type: 'image', source: { kind: 'stored', state: { kind: 'gemini-generate', data: {} } } };
    expect(() => writeImage(part)).toThrow(expect.objectContaining({ code: 'invalid_value' }));
  });
});

describe('results of a search', () => {
  const block = {
    type: 'search_result',
    source: 'https://example.com',
    title: 'Oslo',
    content: [{ type: 'text', text: 'It rains.', cache_control: { type: 'ephemeral' } }],
    citations: { enabled: true },
    cache_control: { type: 'ephemeral', ttl: '5m' },
  };

  it('come back as they were', () => {
    expect(writeSearchResult(toSearchResult(block))).toEqual(block);
  });

  it('are text once their text was changed', () => {
    expect(writeSearchResult({ ...toSearchResult(block), text: 'Nothing.' })).toBeUndefined();
  });

  it.each<TextPart>([
    { type: 'text', text: 'a' },
    { type: 'text', text: '', opaque: { kind: 'gemini-generate', data: { block: {} } } },
  ])('are not made of %j', (part) => {
    expect(writeSearchResult(part)).toBeUndefined();
  });
});

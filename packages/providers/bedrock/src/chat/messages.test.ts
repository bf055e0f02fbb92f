import type { Message, UserPart } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CLAUDE, MISTRAL, NOVA, TOOLS, UNKNOWN, encodeFor } from '../__fixtures__/encode-for.js';

const refused = (words: string): Error =>
  expect.objectContaining({
    code: 'invalid_value',
    details: { param: 'messages' },
    message: expect.stringContaining(words) as string,
  }) as Error;

describe('messages', () => {
  const user = (...content: readonly UserPart[]) =>
    encodeFor(CLAUDE, { messages: [{ role: 'user', content }] }).body.messages[0]?.content;
  const file = (mediaType: string, filename?: string): UserPart => ({
    type: 'file',
    source: { kind: 'base64', mediaType, base64: 'YQ==' },
    ...(filename === undefined ? {} : { filename }),
  });

  it.for([
    [{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }, 'an image by its URL'],
    [{ type: 'file', source: { kind: 'url', url: 'https://example.com/a.pdf' } }, 'a file by its URL'],
    [{ type: 'image', source: { kind: 'url', url: 'data:image/png,%zz' } }, 'a data URL that is not well formed'],
    [{ type: 'image', source: { kind: 'base64', mediaType: 'image/tiff', base64: '' } }, 'no PNG, JPEG, GIF or WebP'],
    [{ type: 'file', source: { kind: 'base64', mediaType: 'application/zip', base64: '' } }, 'a file of this type'],
    [{ type: 'image', source: { kind: 'stored', state: { kind: 'x', data: 1 } } }, 'an image by the id of a file'],
    [{ type: 'vendor', state: { kind: 'anthropic-messages', data: {} } }, 'only another vendor understands'],
  ] as const satisfies readonly (readonly [UserPart, string])[])('refuse %j', ([part, words]) => {
    expect(() => user(part)).toThrow(refused(words));
  });

  it('tell of the citations of another vendor, which have no place', () => {
    const cited = { type: 'text', text: 'So.', citations: [{ url: 'https://example.com' }] } as const;
    const { changes } = encodeFor(CLAUDE, { messages: [{ role: 'assistant', content: [cited] }] });
    expect(changes).toContain('citations dropped');
  });

  it.for(['image', 'audio'] as const)('refuse an %s of the assistant', (type) => {
    const part =
      type === 'image'
        ? ({ type, source: { kind: 'url', url: 's3://a/b.png' } } as const)
        : ({ type, format: 'wav', base64: '' } as const);
    expect(() => encodeFor(CLAUDE, { messages: [{ role: 'assistant', content: [part] }] })).toThrow(
      refused(`a part of type "${type}"`),
    );
  });

  it('carry pictures, recordings and blocks of this API', () => {
    const content = user(
      { type: 'image', source: { kind: 'url', url: 's3://bucket/a.JPG' } },
      { type: 'image', source: { kind: 'url', url: 'data:image/webp,abc' } },
      { type: 'audio', format: 'pcm16', base64: 'YQ==' },
      { type: 'vendor', state: { kind: 'bedrock-converse', data: { guardContent: { text: { text: 'x' } } } } },
    );
    expect(content).toEqual([
      { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/a.JPG' } } } },
      { image: { format: 'webp', source: { bytes: 'YWJj' } } },
      { audio: { format: 'pcm', source: { bytes: 'YQ==' } } },
      { guardContent: { text: { text: 'x' } } },
    ]);
  });

  it('name documents in the letters that are allowed, each by another name', () => {
    const names = [undefined, 'a/b  c.txt', '../..', `${'x'.repeat(300)}.txt`, 'a b c', 'ünïcode', undefined];
    const content = user(...names.map((name) => file('text/plain', name)), { type: 'text', text: 'Read.' });
    expect(content?.map(({ document }) => (document as { readonly name: string } | undefined)?.name)).toEqual([
      'document',
      'a b c',
      'document (2)',
      'x'.repeat(190),
      'a b c (2)',
      'n code',
      'document (3)',
      undefined,
    ]);
  });

  it('know a file by its name where its type says nothing', () => {
    const content = user(file('application/octet-stream', 'table.XLSX'), { type: 'text', text: 'Read.' });
    expect(content?.[0]).toMatchObject({ document: { format: 'xlsx', name: 'table' } });
  });

  it('are not sent where they are blank', () => {
    expect(
      encodeFor(CLAUDE, { messages: [{ role: 'user', content: [{ type: 'text', text: ' \n' }] }] }).body.messages,
    ).toEqual([]);
  });

  it('send back what an answer cited, as it came', () => {
    const citation = { title: 'R', opaque: { kind: 'bedrock-converse', data: { title: 'R' } } };
    const content = [
      { type: 'text', text: 'a', citations: [citation] },
      { type: 'text', text: 'b', citations: [{ title: 'R' }] },
      { type: 'refusal', text: 'c' },
    ] as const;
    expect(encodeFor(CLAUDE, { messages: [{ role: 'assistant', content }] }).body.messages[0]?.content).toEqual([
      { citationsContent: { content: [{ text: 'a' }], citations: [{ title: 'R' }] } },
      { text: 'b' },
      { text: 'c' },
    ]);
  });

  it('send back what another maker kept to itself, and nothing of a Claude to one', () => {
    const content = [
      { type: 'reasoning', text: '', opaque: { kind: 'bedrock-converse', data: { redactedContent: '/w==' } } },
      { type: 'reasoning', text: 'a', opaque: { kind: 'anthropic-messages', data: { signature: 's' } } },
    ] as const;
    const { body, changes } = encodeFor(NOVA, { messages: [{ role: 'assistant', content }] });
    expect([body.messages[0]?.content, changes]).toEqual([
      [{ reasoningContent: { redactedContent: '/w==' } }],
      ['reasoning_content dropped'],
    ]);
  });

  it('put results first in their turn, their marks with them', () => {
    const messages: readonly Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'tool', callId: 'x', content: [{ type: 'text', text: 'b', cache: {} }] },
    ];
    expect(encodeFor(NOVA, { messages, tools: TOOLS }).body.messages[0]?.content).toEqual([
      { toolResult: { toolUseId: 'x', content: [{ text: 'b' }] } },
      { cachePoint: { type: 'default' } },
      { text: 'a' },
    ]);
  });

  it.for([
    [CLAUDE, 'call/1', 'call_1'],
    [CLAUDE, '', 'tooluse_0'],
    [CLAUDE, `${'x'.repeat(40)}${'y'.repeat(40)}`, `${'x'.repeat(24)}${'y'.repeat(40)}`],
    ['moonshot.kimi-k2-thinking', 'functions.get:0', 'functions.get:0'],
    [MISTRAL, 'tooluse_bpe71yCfRu2b5i-nKGDr5g', '5inKGDr5g'],
    [MISTRAL, 'c1', '0000000c1'],
  ] as const)('of %s call %j by %j', ([model, id, sent]) => {
    const messages: readonly Message[] = [
      { role: 'assistant', content: [{ type: 'tool-call', id, name: 'f', json: '{}' }] },
      { role: 'tool', callId: id, content: [] },
    ];
    const { body } = encodeFor(model, { messages, tools: TOOLS });
    expect(body.messages.map(({ content }) => content[0])).toEqual([
      { toolUse: { toolUseId: sent, name: 'f', input: {} } },
      { toolResult: { toolUseId: sent, content: [] } },
    ]);
  });
});

describe('marks of the prompt cache', () => {
  const marked = {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache: { ttl: '1h' } }] }],
    tools: [{ name: 'f', schema: {}, cache: {} }],
  } as const;

  it.for([
    [CLAUDE, { type: 'default', ttl: '1h' }, 2, []],
    ['anthropic.claude-3-7-sonnet-20250219-v1:0', { type: 'default' }, 2, ['cache_control changed']],
    [NOVA, { type: 'default' }, 1, ['cache_control changed']],
    ['anthropic.claude-3-haiku-20240307-v1:0', undefined, 1, ['cache_control dropped']],
    [UNKNOWN, undefined, 1, ['cache_control dropped']],
  ] as const)('of %s', ([model, point, tools, changes]) => {
    const encoded = encodeFor(model, marked);
    expect([
      encoded.body.messages[0]?.content[1]?.['cachePoint'],
      encoded.body.toolConfig?.tools.length,
      encoded.changes,
    ]).toEqual([point, tools, changes]);
  });
});

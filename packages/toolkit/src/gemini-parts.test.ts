import type { AssistantPart, JsonObject, UserPart } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import {
  geminiState,
  readFunctionResponse,
  readModelPart,
  readUserPart,
  writeFunctionResponse,
  writeModelPart,
  writeUserPart,
} from './gemini-wire.js';

const minted = () => 'call_minted';
const read = (part: JsonObject) => readModelPart(part, minted);
const write = (part: AssistantPart) => writeModelPart(part, { callIds: true });
const png = { mimeType: 'image/png', data: 'iVBORw0KGgo=' };

describe('a part that the model said', () => {
  it.for<readonly [string, JsonObject]>([
    ['text', { text: 'Hi' }],
    ['text with a signature', { text: 'Hi', thoughtSignature: 'c2ln' }],
    ['empty text with a signature', { text: '', thoughtSignature: 'c2ln' }],
    ['an empty thought with a signature', { text: '', thought: true, thoughtSignature: 'c2ln' }],
    ['a thought', { text: 'Hm', thought: true }],
    ['a call', { functionCall: { id: 'a', name: 'look', args: { at: 1 } }, thoughtSignature: 'c2ln' }],
    ['a picture', { inlineData: png, thoughtSignature: 'c2ln' }],
    ['a sound', { inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } }],
    ['code', { executableCode: { language: 'PYTHON', code: '1' }, thoughtSignature: 'c2ln' }],
    ['the result of code', { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }],
    ['a thought in pictures', { inlineData: png, thought: true }],
    ['a video', { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } }],
    ['what nobody knows yet', { hologram: { data: 'AAAA' } }],
  ])('is written as it was read: %s', ([, part]) => {
    expect(write(read(part) as AssistantPart)).toEqual(part);
  });

  it.for<readonly [JsonObject, AssistantPart['type']]>([
    [{ text: 'Hi', thought: false }, 'text'],
    [{ text: 'Hm', thought: true }, 'reasoning'],
    [{ text: '', thoughtSignature: 'c2ln' }, 'reasoning'],
    [{ thoughtSignature: 'c2ln' }, 'reasoning'],
    [{ inlineData: png }, 'image'],
    [{ inlineData: png, thought: true }, 'vendor'],
    [{ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: '' } }, 'audio'],
    [{ fileData: { mimeType: 'image/png', fileUri: 'https://a.example/b.png' } }, 'vendor'],
    [{ executableCode: {} }, 'vendor'],
  ])('%j is read as %s', ([part, type]) => expect(read(part)?.type).toBe(type));

  it.for([{ text: '' }, { text: '', thought: true }, {}])('%j is nothing', (part) => {
    expect(read(part)).toBeUndefined();
  });

  it('has an id for a call that came without one', () => {
    expect(read({ functionCall: { name: 'look' } })).toEqual({
      type: 'tool-call',
      id: 'call_minted',
      name: 'look',
      json: '{}',
    });
  });

  it('is told without ids where the vendor takes none', () => {
    const call: AssistantPart = { type: 'tool-call', id: 'a', name: 'look', json: '{"at":1}' };
    expect(writeModelPart(call, { callIds: false })).toEqual({ functionCall: { name: 'look', args: { at: 1 } } });
  });

  it("loses another vendor's state, and what is nothing but that", () => {
    const opaque = { kind: 'anthropic-messages', data: { signature: 'x' } };
    expect([
      write({ type: 'text', text: 'Hi', opaque }),
      write({ type: 'reasoning', text: '', opaque }),
      write({ type: 'vendor', state: opaque }),
      write({ type: 'text', text: '' }),
      write({ type: 'refusal', text: '' }),
    ]).toEqual([{ text: 'Hi' }, undefined, undefined, undefined, undefined]);
  });

  it('shows arguments that are no object to the model as it wrote them', () => {
    const call: AssistantPart = { type: 'tool-call', id: 'a', name: 'look', json: '{"at":' };
    expect(write(call)).toMatchObject({ functionCall: { args: { INVALID_JSON: '{"at":' } } });
  });
});

describe('a part that a user said', () => {
  it.for<readonly [string, JsonObject]>([
    ['text', { text: 'Hi', partMetadata: { from: 'x' } }],
    ['a picture', { inlineData: png, mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' } }],
    ['a document', { inlineData: { mimeType: 'application/pdf', data: 'JVBERg==' } }],
    ['a sound', { inlineData: { mimeType: 'audio/mp3', data: 'SUQz' } }],
    ['a file at Google', { fileData: { mimeType: 'image/png', fileUri: 'gs://bucket/a.png' } }],
    [
      'an uploaded file',
      {
        fileData: {
          mimeType: 'application/pdf',
          fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc',
        },
      },
    ],
    [
      'a file of the web',
      {
        fileData: { mimeType: 'video/mp4', fileUri: 'https://a.example/watch?v=1' },
        videoMetadata: { startOffset: '1s' },
      },
    ],
    ['code that the vendor ran', { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }],
  ])('is written as it was read: %s', ([, part]) => {
    expect(writeUserPart(readUserPart(part))).toEqual(part);
  });

  it.for<readonly [UserPart, JsonObject]>([
    [
      { type: 'image', source: { kind: 'url', url: 'https://a.example/b.WEBP?x=1' } },
      { fileData: { fileUri: 'https://a.example/b.WEBP?x=1', mimeType: 'image/webp' } },
    ],
    [
      { type: 'image', source: { kind: 'url', url: 'https://a.example/b' } },
      { fileData: { fileUri: 'https://a.example/b', mimeType: 'image/jpeg' } },
    ],
    [
      { type: 'file', source: { kind: 'url', url: 'https://a.example/b' } },
      { fileData: { fileUri: 'https://a.example/b', mimeType: 'application/pdf' } },
    ],
    [
      { type: 'image', source: { kind: 'url', url: 'data:image/gif;base64,R0lG' } },
      { inlineData: { mimeType: 'image/gif', data: 'R0lG' } },
    ],
    [
      { type: 'audio', format: 'pcm16', base64: 'AAAA' },
      { inlineData: { mimeType: 'audio/l16;rate=24000', data: 'AAAA' } },
    ],
    [{ type: 'audio', format: 'flac', base64: 'AAAA' }, { inlineData: { mimeType: 'audio/flac', data: 'AAAA' } }],
  ])('%j goes as %j', ([part, wire]) => expect(writeUserPart(part)).toEqual(wire));

  it('is refused where it is a file that another vendor keeps', () => {
    const state = { kind: 'openai-chat', data: { file_id: 'f' } };
    expect(() => writeUserPart({ type: 'file', source: { kind: 'stored', state } })).toThrow(/another vendor keeps/);
  });

  it('is nothing where it is empty or means nothing here', () => {
    const state = { kind: 'anthropic-messages', data: {} };
    expect([writeUserPart({ type: 'text', text: '' }), writeUserPart({ type: 'vendor', state })]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('the result of a function', () => {
  const init = { name: 'look', id: 'a', holdsMedia: true };
  const back = (part: JsonObject) => {
    const result = readFunctionResponse(part);
    if (!result) throw new Error('It was not read.');
    return writeFunctionResponse({ ...result.message, callId: 'a' }, { ...init, name: result.name });
  };

  it.for<readonly [string, JsonObject]>([
    ['text', { response: { output: 'sunny' } }],
    ['a failure', { response: { error: 'offline' } }],
    ['an object', { response: { sky: 'blue', big: 1 } }],
    ['an object under its key', { response: { output: { sky: 'blue' } } }],
    ['fields of its own', { response: { output: 'x' }, scheduling: 'SILENT', willContinue: false }],
    ['pictures', { response: { output: 'x' }, parts: [{ inlineData: png }] }],
  ])('is written as it was read: %s', ([, fields]) => {
    const part = { functionResponse: { id: 'a', name: 'look', ...fields } };
    expect(back(part)).toEqual([part]);
  });

  it.for<readonly [JsonObject | undefined, string, true | undefined]>([
    [{ output: 'sunny' }, 'sunny', undefined],
    [{ error: { code: 7 } }, '{"code":7}', true],
    [{ sky: 'blue' }, '{"sky":"blue"}', undefined],
    [{ output: 'a', error: 'b' }, '{"output":"a","error":"b"}', undefined],
    [undefined, '{}', undefined],
  ])('%j is text for everybody else: %s', ([response, text, isError]) => {
    const { message } = readFunctionResponse({ functionResponse: { name: 'look', response } }) ?? {};
    expect([message?.content, message?.isError]).toEqual([[{ type: 'text', text }], isError]);
  });

  it('stands before the pictures that an older model cannot find in it', () => {
    const message = readFunctionResponse({
      functionResponse: { name: 'look', response: { output: 'x' }, parts: [{ inlineData: png }] },
    })?.message;
    const parts = message && writeFunctionResponse({ ...message, callId: 'a' }, { name: 'look', holdsMedia: false });
    expect(parts).toEqual([{ functionResponse: { name: 'look', response: { output: 'x' } } }, { inlineData: png }]);
  });

  it('is read from no other part', () => expect(readFunctionResponse({ text: 'x' })).toBeUndefined());

  it('joins texts, and takes state of this wire alone', () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ] as const;
    const told = (opaque: ReturnType<typeof geminiState>) =>
      writeFunctionResponse({ role: 'tool', callId: 'a', content, opaque }, { name: 'look', holdsMedia: true });
    expect([told({ kind: 'x', data: { response: 1 } }), told(geminiState({ willContinue: true }))]).toEqual([
      [{ functionResponse: { name: 'look', response: { output: 'a\nb' } } }],
      [{ functionResponse: { name: 'look', response: { output: 'a\nb' }, willContinue: true } }],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { post, simulateForFile } from '../../testing/client.js';

const simulator = await simulateForFile();
const user = { role: 'user', content: 'Hi' };
const chat = (extra: object = {}) => ({ model: 'echo', messages: [user], ...extra });

describe('what the Cohere wires refuse', () => {
  it.for([
    ['/v2/chat', chat({ top_p: 0.5 }), "parameter 'top_p' is not a valid field"],
    ['/v2/chat', chat({ temperature: 'hot' }), "parameter 'temperature' should be of type number"],
    ['/v2/chat', chat({ tool_choice: 'auto' }), "'tool_choice' must be one of REQUIRED, NONE"],
    ['/v2/chat', chat({ messages: [] }), "'messages' must be between 1 and"],
    ['/v2/chat', { messages: [user] }, "'model' is required"],
    [
      '/v2/chat',
      chat({ messages: [user, { role: 'tool', tool_call_id: 'x', content: 'y' }] }),
      'cannot find tool call id x',
    ],
    [
      '/v2/chat',
      chat({ messages: [user, { role: 'assistant', content: 'x' }] }),
      'the last message must have the role user or tool',
    ],
    ['/v2/rerank', { model: 'rerank-v3.5', query: 'x', documents: [] }, "'documents' must be between 1"],
    [
      '/v2/rerank',
      { model: 'rerank-v3.5', query: 'x', documents: [{ text: 'a' }] },
      "parameter 'documents[0]' should be of type string",
    ],
    ['/v2/embed', { model: 'embed-v4.0', texts: ['a'] }, "'input_type' is required"],
    ['/v2/embed', { model: 'embed-v4.0', input_type: 'search_query' }, 'valid input is required'],
  ] as const)('at %s is %j', async ([path, body, words]) => {
    const response = await post(simulator, body, { path });
    expect([response.status, await response.json()]).toEqual([
      400,
      { id: expect.any(String) as string, message: expect.stringContaining(words) as string },
    ]);
  });

  it('by the first version gives the documents back', async () => {
    const body = { query: 'fox', documents: [{ text: 'a fox' }, 'a dog'], return_documents: true, top_n: 1 };
    const response = await post(simulator, body, { path: '/v1/rerank' });
    expect(await response.json()).toMatchObject({
      results: [{ index: 0, document: { text: 'a fox' } }],
      meta: { api_version: { version: '1' } },
    });
  });

  it('ends a stream with its error', async () => {
    const text = await (
      await post(simulator, chat({ model: 'error-in-stream', stream: true }), { path: '/v2/chat' })
    ).text();
    expect([text.includes('"finish_reason":"ERROR","error":"Overloaded."'), text.includes('[DONE]')]).toEqual([
      true,
      false,
    ]);
  });

  it('says that an unknown path is one, in its own form', async () => {
    const response = await post(simulator, {}, { path: '/v2/nothing' });
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([404, ['id', 'message']]);
  });
});

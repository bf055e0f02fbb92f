import { ApiError, GoogleGenAI, Type } from '@google/genai';
import type { GenerateContentResponse } from '@google/genai';
import { afterAll, describe, expect, it } from 'vitest';
import { collect, failure } from './__fixtures__/collect.js';
import { startGateway } from './__fixtures__/gateway.js';

const gateway = await startGateway();
const { models } = new GoogleGenAI({ apiKey: gateway.key, httpOptions: { baseUrl: gateway.url } });
afterAll(() => gateway.close());

const city = { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] };
const tools = [{ functionDeclarations: [{ name: 'get_weather', parameters: city }] }];
const textOf = (chunks: readonly GenerateContentResponse[]): string => chunks.map(({ text }) => text ?? '').join('');

describe('generated content through the Google SDK', () => {
  it('answers', async () => {
    const answer = await models.generateContent({ model: 'sim/echo', contents: 'Hello there' });
    expect([answer.text, answer.candidates?.[0]?.finishReason]).toEqual(['Hello there', 'STOP']);
    expect(answer.usageMetadata).toMatchObject({ promptTokenCount: 3, candidatesTokenCount: 3, totalTokenCount: 6 });
  });

  it('streams', async () => {
    const chunks = await collect(await models.generateContentStream({ model: 'sim/echo', contents: 'Hello there' }));
    expect([textOf(chunks), chunks.at(-1)?.candidates?.[0]?.finishReason]).toEqual(['Hello there', 'STOP']);
  });

  it('calls functions and goes on with what they found', async () => {
    const contents = [{ role: 'user', parts: [{ text: 'Weather?' }] }];
    const first = await models.generateContent({ model: 'sim/tools', contents, config: { tools } });
    const [call] = first.functionCalls ?? [];
    expect([call?.name, Object.keys(call?.args ?? {})]).toEqual(['get_weather', ['city']]);
    const turn = first.candidates?.[0]?.content ?? {};
    const result = {
      role: 'user',
      parts: [{ functionResponse: { name: 'get_weather', response: { output: 'sunny' } } }],
    };
    const second = await models.generateContent({
      model: 'sim/tools',
      contents: [...contents, turn, result],
      config: { tools },
    });
    expect(second.candidates?.[0]?.finishReason).toBe('STOP');
  });

  it('takes images and instructions', async () => {
    const parts = [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }];
    const config = { systemInstruction: 'Be brief.', maxOutputTokens: 50 };
    const answer = await models.generateContent({ model: 'sim/echo', contents: [{ role: 'user', parts }], config });
    expect(answer.text).toBe('Look (with 1 image)');
  });

  it('keeps to the limit of tokens', async () => {
    const answer = await models.generateContent({
      model: 'sim/tokens-100',
      contents: 'Go',
      config: { maxOutputTokens: 5 },
    });
    expect(answer.candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
  });

  it('gives vectors', async () => {
    const one = await models.embedContent({ model: 'sim/embed', contents: 'Hello' });
    const two = await models.embedContent({ model: 'sim/embed', contents: ['Hello', 'there'] });
    expect([one.embeddings?.length, two.embeddings?.length]).toEqual([1, 2]);
    expect(two.embeddings?.[0]?.values).toEqual(one.embeddings?.[0]?.values);
  });

  it('is refused in the words of Google', async () => {
    const error = await failure(models.generateContent({ model: 'nobody/nothing', contents: 'Hi' }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, message: expect.stringContaining('NOT_FOUND') as unknown });
  });

  it('is refused without a good key', async () => {
    const other = new GoogleGenAI({ apiKey: 'wrong', httpOptions: { baseUrl: gateway.url } });
    const error = await failure(other.models.generateContent({ model: 'sim/echo', contents: 'Hi' }));
    expect(error).toMatchObject({ status: 401, message: expect.stringContaining('UNAUTHENTICATED') as unknown });
  });

  it('raises an error where the stream is cut', async () => {
    const call = models.generateContentStream({ model: 'sim/cut', contents: 'Go' }).then(collect);
    expect(await failure(call)).toBeInstanceOf(Error);
  });

  it('is one list where nobody asks for events', async () => {
    const answer = await gateway.call('/v1beta/models/sim/echo:streamGenerateContent', {
      contents: [{ parts: [{ text: 'Hello there' }] }],
    });
    const list = (await answer.json()) as GenerateContentResponse[];
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(list.map(({ candidates }) => candidates?.[0]?.content?.parts?.[0]?.text ?? '').join('')).toBe('Hello there');
  });

  it('knows no other method', async () => {
    const answer = await gateway.call('/v1beta/models/sim/echo:generateContent');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

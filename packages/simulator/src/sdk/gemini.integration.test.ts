import { ApiError, FunctionCallingConfigMode, GoogleGenAI, ThinkingLevel, Type, type Content } from '@google/genai';
import { describe, expect, it } from 'vitest';
import { PNG_BASE64, WEATHER_SCHEMA, collect } from '../testing/samples.js';
import { TEST_CREDENTIALS } from '../credentials.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const connect = (apiKey: string) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: simulator.url } });
const client = connect(TEST_CREDENTIALS.gemini.apiKey);

const contents = 'Hello there';
const tools = [
  {
    functionDeclarations: [
      { name: 'a', parametersJsonSchema: WEATHER_SCHEMA },
      {
        name: 'b',
        parameters: {
          type: Type.OBJECT,
          properties: {
            city: { type: Type.STRING, enum: ['Paris', 'Oslo'] },
            days: { type: Type.INTEGER, minimum: 1, maximum: 3 },
          },
          required: ['city', 'days'],
        },
      },
    ],
  },
];
const WEATHER = { city: expect.stringMatching(/^(Paris|Oslo)$/) as string, days: expect.any(Number) as number };

describe("Google's SDK", () => {
  it('reads a plain answer', async () => {
    const { text, usageMetadata, candidates, modelVersion } = await client.models.generateContent({
      model: 'gemini-2.5-flash',
      contents,
    });
    expect([text, candidates?.[0]?.finishReason, usageMetadata?.totalTokenCount, modelVersion]).toEqual([
      'Hello there',
      'STOP',
      6,
      'gemini-2.5-flash',
    ]);
  });

  it('puts a stream together', async () => {
    const chunks = await collect(await client.models.generateContentStream({ model: 'gemini-2.5-flash', contents }));
    expect([chunks.map(({ text }) => text).join(''), chunks.at(-1)?.usageMetadata?.candidatesTokenCount]).toEqual([
      'Hello there',
      3,
    ]);
  });

  it.for([false, true])('calls tools at once, and wants its signature back (stream: %s)', async (stream) => {
    const asked = {
      model: 'gemini-3-pro-preview+tools-parallel',
      config: { tools, thinkingConfig: { thinkingLevel: ThinkingLevel.LOW } },
    };
    const user: Content = { role: 'user', parts: [{ text: 'Weather?' }] };
    const answers = stream
      ? await collect(await client.models.generateContentStream({ ...asked, contents: [user] }))
      : [await client.models.generateContent({ ...asked, contents: [user] })];
    const parts = answers
      .flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
      .filter((part) => part.functionCall);
    expect(parts.map(({ functionCall }) => functionCall?.args)).toEqual([WEATHER, WEATHER]);
    expect(parts.map(({ thoughtSignature }) => thoughtSignature !== undefined)).toEqual([true, false]);
    const responses = parts.map(({ functionCall }) => ({
      functionResponse: {
        name: functionCall?.name ?? '',
        ...(functionCall?.id && { id: functionCall.id }),
        response: { output: 'sunny' },
      },
    }));
    const turns = (said: Content['parts']): Content[] => [
      user,
      { role: 'model', parts: said ?? [] },
      { role: 'user', parts: responses },
    ];
    const second = await client.models.generateContent({ ...asked, contents: turns(parts) });
    expect(second.text).toBe('The tool answered: sunny');
    const bare = parts.map(({ functionCall }) => ({ ...(functionCall && { functionCall }) }));
    await expect(client.models.generateContent({ ...asked, contents: turns(bare) })).rejects.toThrow(
      'missing a thought_signature',
    );
  });

  it('calls the one function that it must', async () => {
    const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['b'] };
    const { functionCalls } = await client.models.generateContent({
      model: 'gemini-2.5-flash',
      contents,
      config: { tools, toolConfig: { functionCallingConfig } },
    });
    expect(functionCalls).toMatchObject([{ name: 'b', args: WEATHER }]);
  });

  it('thinks, and shows it where it was asked to', async () => {
    const ask = (includeThoughts: boolean) =>
      client.models.generateContent({
        model: 'gemini-2.5-flash',
        contents,
        config: { thinkingConfig: { thinkingBudget: 1_024, includeThoughts } },
      });
    const [shown, hidden] = [await ask(true), await ask(false)];
    const thoughts = [shown, hidden].map(
      ({ candidates }) => candidates?.[0]?.content?.parts?.filter(({ thought }) => thought).length,
    );
    expect([thoughts, Number(hidden.usageMetadata?.thoughtsTokenCount) > 0, hidden.text]).toEqual([
      [1, 0],
      true,
      'Hello there',
    ]);
  });

  it('keeps to a schema', async () => {
    const { text } = await client.models.generateContent({
      model: 'gemini-2.5-flash',
      contents,
      config: { responseMimeType: 'application/json', responseJsonSchema: WEATHER_SCHEMA },
    });
    expect(JSON.parse(text ?? '')).toEqual(WEATHER);
  });

  it('sends images', async () => {
    const { text } = await client.models.generateContent({
      model: 'describe',
      contents: [{ inlineData: { mimeType: 'image/png', data: PNG_BASE64 } }],
    });
    expect(text).toBe('image: image/png, 70 bytes');
  });

  it('is told what the cache gave', async () => {
    const ask = () => client.models.generateContent({ model: 'gemini-2.5-flash', contents: 'word '.repeat(1_200) });
    const counts = [await ask(), await ask()].map(({ usageMetadata }) => usageMetadata?.cachedContentTokenCount);
    expect(counts).toEqual([undefined, 1_408]);
  });

  it('embeds one text and several, counts tokens, lists models', async () => {
    const one = await client.models.embedContent({
      model: 'gemini-embedding-001',
      contents: 'a',
      config: { outputDimensionality: 8 },
    });
    const two = await client.models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'] });
    const { totalTokens } = await client.models.countTokens({ model: 'gemini-2.5-flash', contents });
    const names = (await collect(await client.models.list({ config: { pageSize: 7 } }))).map(({ name }) => name);
    expect([
      one.embeddings?.[0]?.values?.length,
      two.embeddings?.length,
      totalTokens,
      names.includes('models/gemini-2.5-flash'),
    ]).toEqual([8, 2, 3, true]);
  });

  it.for([
    ['gemini-none', 404, 'is not found for API version v1beta'],
    ['retry-after-vendor-2', 429, 'RetryInfo'],
    ['error-503', 503, 'UNAVAILABLE'],
  ] as const)('throws for %s', async ([model, status, words]) => {
    const failure: unknown = await client.models.generateContent({ model, contents }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status, message: expect.stringContaining(words) as string });
  });

  it('throws for a wrong key', async () => {
    await expect(connect('wrong').models.generateContent({ model: 'echo', contents })).rejects.toThrow(
      'API key not valid',
    );
  });
});

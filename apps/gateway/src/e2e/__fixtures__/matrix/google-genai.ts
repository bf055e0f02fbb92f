import { FunctionCallingConfigMode, GoogleGenAI } from '@google/genai';
import type { Content, GenerateContentConfig } from '@google/genai';
import { collect } from '../collect.js';
import { CITY, IMAGE, TOOLS } from './client.js';
import type { Asked, ClientKind, Said } from './client.js';

export const googleGenAi: ClientKind = {
  name: '@google/genai',
  showsReasoning: true,
  carriesProof: true,
  errors: { 400: 'ApiError', 401: 'ApiError', 404: 'ApiError' },
  connect(baseUrl, apiKey) {
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
    return { ask: (asked) => ask(client, asked, [toQuestion(asked)]) };
  },
};

async function ask(client: GoogleGenAI, asked: Asked, contents: Content[]): Promise<Said> {
  const question = { model: asked.model, contents, config: toConfig(asked) };
  const answers = asked.streaming
    ? await collect(await client.models.generateContentStream(question))
    : [await client.models.generateContent(question)];
  const parts = answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const textOf = (thought: boolean): string =>
    parts.map((part) => (Boolean(part.thought) === thought ? (part.text ?? '') : '')).join('');
  const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
  return {
    text: textOf(false),
    reasoning: textOf(true),
    calls: calls.map(({ name = '', args }) => ({ name, input: args })),
    reply(results) {
      const told = calls.map(({ id, name = '' }, at) => ({
        functionResponse: { ...(id && { id }), name, response: { output: results[at] ?? '' } },
      }));
      const next = { ...asked, ...(asked.tools && { tools: 'free' as const }) };
      return ask(client, next, [...contents, { role: 'model', parts }, { role: 'user', parts: told }]);
    },
  };
}

function toQuestion({ text, image }: Asked): Content {
  const picture = { inlineData: { mimeType: 'image/png', data: IMAGE } };
  return { role: 'user', parts: [{ text }, ...(image ? [picture] : [])] };
}

function toConfig({ tools, reasoning, json }: Asked): GenerateContentConfig {
  const mode = tools === 'required' ? FunctionCallingConfigMode.ANY : FunctionCallingConfigMode.AUTO;
  return {
    ...(tools && {
      tools: [
        {
          functionDeclarations: TOOLS.map(({ name, description, schema }) => ({
            name,
            description,
            parametersJsonSchema: schema,
          })),
        },
      ],
      toolConfig: { functionCallingConfig: { mode } },
    }),
    ...(reasoning && { thinkingConfig: { includeThoughts: true, thinkingBudget: 1_024 } }),
    ...(json && { responseMimeType: 'application/json', responseJsonSchema: CITY }),
  };
}

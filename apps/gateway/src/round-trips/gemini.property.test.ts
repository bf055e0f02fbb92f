import type { JsonObject } from '@sluice/contract';
import { geminiGenerate } from '@sluice/dialect-gemini';
import { google } from '@sluice/provider-google';
import { createProviderDeps } from '@sluice/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/*
 * What goes through the canonical form from the Gemini dialect to the adapter for Gemini stays what it was: the road of
 * every call that cannot pass as bytes.
 */

const { baseUrl, operations } = google.create(google.settings.parse({ kind: 'google' }), createProviderDeps({}));
const ADDRESS = { params: { model: 'gemini-3-pro-preview' }, query: new URLSearchParams(), headers: {} };
const TARGET = { provider: 'g', model: 'gemini-3-pro-preview', baseUrl };

function roundTrip(body: JsonObject): { readonly sent: unknown; readonly told: readonly string[] } {
  const call = geminiGenerate.parse(body, ADDRESS);
  const { request, adjustments } = operations.chat.encode(call.toRequest(), TARGET);
  return {
    sent: JSON.parse(String(request.body)),
    told: [...(call.adjustments ?? []), ...adjustments].map(({ parameter }) => parameter),
  };
}

const text = fc.string({ unit: 'grapheme', minLength: 1 });
const name = fc.stringMatching(/^[a-z_]{1,12}$/);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 9 }).map((value) => Buffer.from(value).toString('base64'));
const number = fc.double({ min: 0, max: 1, noNaN: true });
/** What stands in arguments and results is the caller's own, whatever it is called. */
const args = fc.dictionary(
  fc.oneof(name, fc.constant('__proto__')),
  fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text)),
);
/** Of something: the adapter leaves out what says that there are no arguments, which the service refuses. */
const schema = fc.record({
  type: fc.constant('object'),
  properties: fc.dictionary(name, fc.constant({ type: 'string' }), { minKeys: 1 }),
});
const signed = fc.option(
  bytes.map((thoughtSignature) => ({ thoughtSignature })),
  { nil: {} },
);

const userPart = fc.oneof(
  fc.record({ text }),
  fc.record({
    inlineData: fc.record({ mimeType: fc.constantFrom('image/png', 'audio/wav', 'application/pdf'), data: bytes }),
  }),
);
const said = fc.oneof(
  fc.tuple(text, signed).map(([words, more]) => ({ text: words, ...more })),
  fc.tuple(text, bytes).map(([words, thoughtSignature]) => ({ text: words, thought: true, thoughtSignature })),
);
const call = fc
  .record({ id: fc.uuid(), name, args, response: args, more: bytes })
  .map(({ id, name: called, args: given, response, more }) => ({
    asked: { functionCall: { id, name: called, args: given }, thoughtSignature: more },
    answered: { functionResponse: { id, name: called, response } },
  }));
const user = fc.array(userPart, { minLength: 1, maxLength: 3 }).map((parts) => [{ role: 'user', parts }]);
/** Texts that nothing sets apart are one text to the canonical form. */
function withoutPlainNeighbours<T extends object>(parts: readonly T[]): readonly T[] {
  const isPlain = (part: T | undefined): boolean => part !== undefined && !('thoughtSignature' in part);
  return parts.filter((part, at) => !(isPlain(part) && isPlain(parts[at - 1])));
}
const model = fc
  .tuple(fc.array(said, { minLength: 1, maxLength: 3 }).map(withoutPlainNeighbours), fc.array(call, { maxLength: 2 }))
  .map(([parts, calls]) => [
    { role: 'model', parts: [...parts, ...calls.map(({ asked }) => asked)] },
    ...(calls.length > 0 ? [{ role: 'user', parts: calls.map(({ answered }) => answered) }] : []),
  ]);
/** Turns by turns, as the wire wants them. */
const contents = fc
  .tuple(user, fc.array(fc.tuple(model, user), { maxLength: 3 }))
  .map(([first, turns]) => [
    ...first,
    ...turns.flatMap(([theirs, ours]) => (theirs.length === 2 ? theirs : [...theirs, ...ours])),
  ]);

const declaration = fc.record(
  { name, description: text, parametersJsonSchema: schema },
  { requiredKeys: ['name', 'parametersJsonSchema'] },
);
const offered = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      tools: fc
        .uniqueArray(declaration, { minLength: 1, maxLength: 3, selector: (one) => one.name })
        .map((functionDeclarations) => [{ functionDeclarations }]),
      toolConfig: fc.constantFrom('AUTO', 'ANY', 'NONE').map((mode) => ({ functionCallingConfig: { mode } })),
    },
    { requiredKeys: ['tools'] },
  ),
);
const formatted = fc.oneof(
  fc.constant({}),
  fc.constant({ responseMimeType: 'application/json' }),
  schema.map((responseJsonSchema) => ({ responseMimeType: 'application/json', responseJsonSchema })),
);
const sampled = fc.record(
  {
    maxOutputTokens: fc.integer({ min: 1, max: 9 }),
    temperature: number,
    topP: number,
    topK: fc.integer({ min: 1, max: 64 }),
    stopSequences: fc.array(text, { minLength: 1, maxLength: 4 }),
    seed: fc.integer(),
    presencePenalty: number,
    frequencyPenalty: number,
    // Whether thoughts shall be seen is said: where a Gemini client leaves it open, the adapter asks for them.
    thinkingConfig: fc.record({ includeThoughts: fc.boolean(), thinkingLevel: fc.constantFrom('LOW', 'HIGH') }),
    mediaResolution: fc.constant('MEDIA_RESOLUTION_LOW'),
  },
  { requiredKeys: [] },
);
const rest = fc.record(
  {
    systemInstruction: text.map((words) => ({ parts: [{ text: words }] })),
    safetySettings: fc.constant([{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]),
    cachedContent: name.map((word) => `cachedContents/${word}`),
    futureField: text,
  },
  { requiredKeys: [] },
);
const body = fc
  .tuple(contents, offered, formatted, sampled, rest)
  .map(([turns, tools, format, sampling, more]): JsonObject => {
    // A form of the answer beside tools is left out and told.
    const generationConfig = { ...('tools' in tools ? {} : format), ...sampling };
    return {
      contents: turns,
      ...tools,
      ...more,
      ...(Object.keys(generationConfig).length > 0 ? { generationConfig } : {}),
    };
  });

it('is what it was, nothing lost', () => {
  fc.assert(
    fc.property(body, (asked) => {
      expect(roundTrip(asked)).toEqual({ sent: asked, told: [] });
    }),
    { numRuns: 300 },
  );
});

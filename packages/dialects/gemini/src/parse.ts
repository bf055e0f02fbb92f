import { gatewayError } from '@sluice/contract';
import type { CallAddress, ChatRequest, Feature, JsonObject, ParsedCall } from '@sluice/contract';
import { findRefusedName, isJsonObject } from '@sluice/toolkit';
import type { z } from 'zod';
import { toCamelCase } from './camel-case.js';
import { invalid, toInvalid } from './invalid.js';
import { generateContentSchema } from './schema.js';
import type { GenerateWire } from './schema.js';
import { toGenerateRequest } from './to-request.js';

const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f-\u009f]{1,256}$/;

/** The model that the path names; in front of it, `models/` says nothing. */
export function modelOf(address: CallAddress | undefined): string {
  const model = address?.params?.['model'] ?? '';
  if (!NO_CONTROL_CHARACTERS.test(model)) throw invalid('invalid_value', ['model'], 'it is not the name of a model');
  return model.startsWith('models/') ? model.slice('models/'.length) : model;
}

/**
 * A body that passed its schema, in camel case, and no copy of it: zod's has no member named `__proto__`, which may be one of
 * the caller's own. So this is for schemas that check and change nothing.
 */
export function checkBody<Schema extends z.ZodType>(body: unknown, schema: Schema): z.infer<Schema> {
  if (!isJsonObject(body)) throw gatewayError('invalid_type', { message: 'The body must be a JSON object.' });
  const refused = findRefusedName(body);
  if (refused) throw invalid('unknown_parameter', refused, 'it is not taken from callers');
  const camel = toCamelCase(body);
  const checked = schema.safeParse(camel);
  if (!checked.success) throw toInvalid(checked.error, camel);
  return camel as z.infer<Schema>;
}

/** Checks a body of `:generateContent`. Throws the first problem found, with its `param`. */
export function parseGenerate(body: unknown, address?: CallAddress): ParsedCall<ChatRequest> {
  const wire = checkBody(body, generateContentSchema);
  return { ...toCall(wire, body as JsonObject, address), stream: false };
}

/**
 * Checks a body of `:streamGenerateContent`. Without `alt=sse` the answer is one JSON list, written piece by piece; no
 * vendor is asked for that form.
 */
export function parseStreamGenerate(body: unknown, address?: CallAddress): ParsedCall<ChatRequest> {
  const wire = checkBody(body, generateContentSchema);
  const isSse = address?.query?.get('alt') === 'sse';
  return {
    ...toCall(wire, body as JsonObject, address),
    stream: true,
    toRequest: () => toGenerateRequest(wire, true),
    ...(isSse ? {} : { passes: false, streamType: 'application/json; charset=utf-8' }),
  };
}

function toCall(
  wire: GenerateWire,
  body: JsonObject,
  address: CallAddress | undefined,
): Omit<ParsedCall<ChatRequest>, 'stream'> {
  return {
    model: modelOf(address),
    wantsUsage: true,
    features: featuresOf(wire),
    wire: body,
    toRequest: () => toGenerateRequest(wire, false),
  };
}

/** What a target must be able to do. */
export function featuresOf({ tools, contents, generationConfig: config }: GenerateWire): readonly Feature[] {
  const features = new Set<Feature>();
  if (tools?.some(({ functionDeclarations }) => (functionDeclarations?.length ?? 0) > 0)) features.add('tools');
  if (config?.responseSchema ?? config?.responseJsonSchema) features.add('json-schema');
  const { thinkingBudget: budget = 0, thinkingLevel: level } = config?.thinkingConfig ?? {};
  if (budget > 0 || level !== undefined) features.add('reasoning');
  for (const { parts } of contents) {
    for (const { inlineData, fileData } of parts) {
      const type = inlineData?.mimeType ?? fileData?.mimeType;
      if (inlineData ?? fileData) features.add(featureOf(type ?? ''));
    }
  }
  return [...features];
}

function featureOf(mimeType: string): Feature {
  if (/^image\//i.test(mimeType)) return 'vision';
  return /^audio\//i.test(mimeType) ? 'audio' : 'files';
}

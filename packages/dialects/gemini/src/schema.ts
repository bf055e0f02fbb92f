import { UNSAFE_URL, isSafeUrl } from '@sluice/toolkit';
import { z } from 'zod';

/** Wire source: npm @google/genai 3.3.0, dist/genai.d.ts, and https://ai.google.dev/api/generate-content */
const object = z.record(z.string(), z.unknown());
const count = z.int().min(0);

const blob = z.looseObject({ mimeType: z.string(), data: z.string() });
const url = z.string().min(1).refine(isSafeUrl, UNSAFE_URL);
const fileData = z.looseObject({
  fileUri: url,
  mimeType: z.string().optional(),
});
const functionCall = z.looseObject({ id: z.string().optional(), name: z.string().min(1), args: object.optional() });
const functionResponse = z.looseObject({
  id: z.string().optional(),
  name: z.string().min(1),
  response: object.optional(),
  parts: z.array(z.looseObject({ inlineData: blob.optional(), fileData: fileData.optional() })).optional(),
});
/** One of its members says what it is; kinds to come are carried. */
const part = z.looseObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().optional(),
  inlineData: blob.optional(),
  fileData: fileData.optional(),
  functionCall: functionCall.optional(),
  functionResponse: functionResponse.optional(),
});
export type WirePart = z.infer<typeof part>;

const content = z.looseObject({
  role: z.enum(['user', 'model', 'function', 'tool', 'system']).optional(),
  parts: z.array(part),
});
export type WireContent = z.infer<typeof content>;

const functionDeclaration = z.looseObject({
  name: z.string().min(1).max(128),
  description: z.string().optional(),
  parameters: object.optional(),
  parametersJsonSchema: z.unknown().optional(),
});
const tool = z.looseObject({
  functionDeclarations: z.array(functionDeclaration).optional(),
  mcpServers: z
    .array(z.looseObject({ streamableHttpTransport: z.looseObject({ url: url.optional() }).optional() }))
    .optional(),
  retrieval: z.looseObject({ externalApi: z.looseObject({ endpoint: url.optional() }).optional() }).optional(),
});

const functionCallingConfig = z.looseObject({
  mode: z.enum(['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED']).optional(),
  allowedFunctionNames: z.array(z.string()).optional(),
});
const thinkingConfig = z.looseObject({
  includeThoughts: z.boolean().optional(),
  thinkingBudget: z.int().min(-1).optional(),
  thinkingLevel: z.string().optional(),
});

const generationConfig = z.looseObject({
  maxOutputTokens: z.int().min(1).max(16_777_216).optional(),
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  topK: z.number().min(0).optional(),
  candidateCount: z.int().min(1).max(8).optional(),
  stopSequences: z.array(z.string().min(1)).max(5).optional(),
  seed: z.int().optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  responseMimeType: z.string().optional(),
  responseSchema: object.optional(),
  responseJsonSchema: z.unknown().optional(),
  responseLogprobs: z.boolean().optional(),
  logprobs: count.max(20).optional(),
  thinkingConfig: thinkingConfig.optional(),
});
export type WireConfig = z.infer<typeof generationConfig>;

/** The body of `:generateContent` and `:streamGenerateContent`. Fields that it does not name are carried as they are. */
export const generateContentSchema = z.looseObject({
  contents: z.array(content).min(1),
  systemInstruction: content.optional(),
  tools: z.array(tool).optional(),
  toolConfig: z.looseObject({ functionCallingConfig: functionCallingConfig.optional() }).optional(),
  generationConfig: generationConfig.optional(),
  safetySettings: z.array(object).optional(),
  cachedContent: z.string().optional(),
});
export type GenerateWire = z.infer<typeof generateContentSchema>;

/** The body of `:countTokens`: contents alone, or a whole request. */
export const countTokensSchema = z.looseObject({
  contents: z.array(content).min(1).optional(),
  generateContentRequest: generateContentSchema.optional(),
});
export type CountWire = z.infer<typeof countTokensSchema>;

/** The body of `:embedContent`. */
export const embedContentSchema = z.looseObject({
  content,
  taskType: z.string().optional(),
  title: z.string().optional(),
  model: z.string().optional(),
  outputDimensionality: z.int().min(1).optional(),
});
export type EmbedWire = z.infer<typeof embedContentSchema>;

/** The body of `:batchEmbedContents`. */
export const batchEmbedContentsSchema = z.looseObject({ requests: z.array(embedContentSchema).min(1).max(2_048) });
export type BatchEmbedWire = z.infer<typeof batchEmbedContentsSchema>;

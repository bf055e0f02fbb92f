import {
  anything,
  boolean,
  either,
  integer,
  lazy,
  list,
  map,
  number,
  object,
  oneOf,
  optional,
  record,
  text,
  type Fields,
  type Shape,
} from '../../shape/shape.js';

/**
 * The bodies of `:generateContent` and its neighbours, as the Gemini API has them. Sources: npm @google/genai 3.3.0,
 * dist/genai.d.ts and the converters named `...ToMldev`; ai.google.dev/api/generate-content, .../api/embeddings and
 * .../api/tokens.
 */

const int64 = either(text(), integer());
const TYPES = ['TYPE_UNSPECIFIED', 'STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL'];

const schema: Shape = lazy('object', () => SCHEMA);
const SCHEMA: Shape = object({
  type: optional(oneOf(...TYPES, ...TYPES.map((type) => type.toLowerCase()))),
  format: optional(text()),
  title: optional(text()),
  description: optional(text()),
  nullable: optional(boolean),
  enum: optional(list(text())),
  maxItems: optional(int64),
  minItems: optional(int64),
  properties: optional(map(schema)),
  required: optional(list(text())),
  minProperties: optional(int64),
  maxProperties: optional(int64),
  minLength: optional(int64),
  maxLength: optional(int64),
  pattern: optional(text()),
  example: optional(anything),
  anyOf: optional(list(schema)),
  propertyOrdering: optional(list(text())),
  default: optional(anything),
  items: optional(schema),
  minimum: optional(number()),
  maximum: optional(number()),
});

const blob: Fields = { mimeType: text(), data: text(), displayName: optional(text()) };
const part = object({
  text: optional(text()),
  thought: optional(boolean),
  thoughtSignature: optional(text()),
  inlineData: optional(object(blob)),
  fileData: optional(object({ mimeType: optional(text()), fileUri: text(), displayName: optional(text()) })),
  functionCall: optional(object({ id: optional(text()), name: text({ min: 1 }), args: optional(record) })),
  functionResponse: optional(
    object({
      id: optional(text()),
      name: text({ min: 1 }),
      response: record,
      parts: optional(list(object({ inlineData: optional(object(blob)), fileData: optional(record) }))),
      willContinue: optional(boolean),
      scheduling: optional(text()),
    }),
  ),
  executableCode: optional(record),
  codeExecutionResult: optional(record),
  toolCall: optional(record),
  toolResponse: optional(record),
  audioTranscription: optional(record),
  videoMetadata: optional(record),
  partMetadata: optional(record),
  mediaResolution: optional(anything),
  mediaProcessing: optional(record),
  speechMetadata: optional(record),
});
const content = object({ role: optional(text()), parts: optional(list(part)) });

const functionDeclaration = object({
  name: text({ min: 1 }),
  description: optional(text()),
  behavior: optional(text()),
  parameters: optional(schema),
  parametersJsonSchema: optional(anything),
  response: optional(schema),
  responseJsonSchema: optional(anything),
});

const tool = object({
  functionDeclarations: optional(list(functionDeclaration)),
  googleSearch: optional(record),
  googleSearchRetrieval: optional(record),
  googleMaps: optional(record),
  codeExecution: optional(record),
  computerUse: optional(record),
  urlContext: optional(record),
  fileSearch: optional(record),
  mcpServers: optional(list(record)),
});

const functionCallingConfig = object({
  mode: optional(oneOf('MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED')),
  allowedFunctionNames: optional(list(text())),
});

/** npm @ai-sdk/google 4.0.121, src/google-language-model-options.ts and src/google-speech-model.ts. */
const ASPECTS = '1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 1:8 8:1 1:4 4:1'.split(' ');
const SOUNDS = ['AUDIO_WAV', 'AUDIO_L16', 'AUDIO_MULAW', 'AUDIO_ALAW'];

const generationConfig = object({
  temperature: optional(number({ min: 0, max: 2 })),
  topP: optional(number({ min: 0, max: 1 })),
  topK: optional(number({ min: 1, max: 1_000 })),
  candidateCount: optional(integer({ min: 1, max: 8 })),
  maxOutputTokens: optional(integer({ min: 1, max: 10_000_000 })),
  stopSequences: optional(list(text(), { max: 5 })),
  responseLogprobs: optional(boolean),
  logprobs: optional(integer({ min: 0, max: 20 })),
  presencePenalty: optional(number({ min: -2, max: 2 })),
  frequencyPenalty: optional(number({ min: -2, max: 2 })),
  seed: optional(integer()),
  responseMimeType: optional(text()),
  responseSchema: optional(schema),
  responseJsonSchema: optional(anything),
  responseModalities: optional(list(oneOf('MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'AUDIO'))),
  mediaResolution: optional(text()),
  speechConfig: optional(record),
  thinkingConfig: optional(
    object({
      includeThoughts: optional(boolean),
      thinkingBudget: optional(integer({ min: -1, max: 65_536 })),
      thinkingLevel: optional(oneOf('THINKING_LEVEL_UNSPECIFIED', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'XHIGH')),
    }),
  ),
  audioTranscriptionConfig: optional(record),
  imageConfig: optional(
    object({ aspectRatio: optional(oneOf(...ASPECTS)), imageSize: optional(oneOf('512', '1K', '2K', '4K')) }),
  ),
  responseFormat: optional(
    object({
      audio: optional(object({ mimeType: oneOf(...SOUNDS) })),
      image: optional(record),
      text: optional(record),
    }),
  ),
  enableEnhancedCivicAnswers: optional(boolean),
});

const generate: Fields = {
  contents: list(content, { min: 1 }),
  systemInstruction: optional(content),
  tools: optional(list(tool)),
  toolConfig: optional(
    object({
      functionCallingConfig: optional(functionCallingConfig),
      retrievalConfig: optional(record),
      includeServerSideToolInvocations: optional(boolean),
    }),
  ),
  safetySettings: optional(list(object({ category: text(), threshold: text() }))),
  generationConfig: optional(generationConfig),
  cachedContent: optional(text()),
  serviceTier: optional(text()),
  store: optional(boolean),
  labels: optional(record),
  model: optional(text()),
};
export const GENERATE_BODY = object(generate);

export const COUNT_BODY = object({
  contents: optional(list(content)),
  generateContentRequest: optional(GENERATE_BODY),
});

const embed: Fields = {
  model: optional(text()),
  content,
  taskType: optional(text()),
  title: optional(text()),
  outputDimensionality: optional(integer({ min: 1, max: 3_072 })),
};
export const EMBED_BODY = object(embed);
export const BATCH_EMBED_BODY = object({ requests: list(object({ ...embed, model: text() }), { min: 1, max: 100 }) });

export {
  classifyGoogle,
  classifyGoogleInBand,
  readGoogleError,
  toRpcStatus,
  writeGoogleError,
} from './gemini-errors.js';
export { readBlock, readFinish, readFinishFailure, writeFinishReason } from './gemini-finish.js';
export {
  callsTools,
  inspectCount,
  inspectEmbed,
  inspectGenerate,
  inspectGenerateList,
  partsOf,
  readGeminiAnswer,
  readGeminiCount,
  readGeminiEmbeddings,
} from './gemini-inspect.js';
export { readGeminiLogprobs, writeGeminiLogprobs } from './gemini-logprobs.js';
export { readMedia, writeMedia } from './gemini-media.js';
export { readModelPart, readUserPart, writeModelPart, writeUserPart } from './gemini-parts.js';
export { readFunctionResponse, writeFunctionResponse } from './gemini-responses.js';
export { createGeminiScanner } from './gemini-scanner.js';
export { fromOpenApiSchema, toGeminiSchema } from './gemini-schema.js';
export {
  GEMINI_COUNT,
  GEMINI_EMBED,
  GEMINI_EMBED_BATCH,
  GEMINI_GENERATE,
  geminiFields,
  geminiState,
  stateBeside,
} from './gemini-shapes.js';
export { readToolChoice, readTools, writeToolChoice, writeTools } from './gemini-tools.js';
export { createGeminiUsageMeter, readGeminiTier, readGeminiUsage, writeGeminiUsage } from './gemini-usage.js';
export type { GoogleError } from './gemini-errors.js';
export type { GeminiAnswer } from './gemini-inspect.js';
export type { GeminiMedia } from './gemini-media.js';
export type { FunctionResponseInit, ReadFunctionResponse } from './gemini-responses.js';
export type { GeminiTools } from './gemini-tools.js';
export type { GeminiUsageMeter } from './gemini-usage.js';

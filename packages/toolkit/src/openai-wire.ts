export { classifyInBand, isErrorAnswer, parseOpenAiError, readOpenAiError } from './openai-errors.js';
export { isFailedFinish, toFinish, writeFinishReason } from './openai-finish.js';
export {
  generationFailed,
  inspectChat,
  inspectEmbeddings,
  readChatAnswer,
  readEmbeddingsAnswer,
} from './openai-inspect.js';
export { createOpenAiScanner, readChunkUsage, unanswered } from './openai-scanner.js';
export {
  OPENAI_CHAT,
  OPENAI_EMBEDDINGS,
  OPENAI_RESPONSES,
  readImageUrl,
  writeAssistant,
  writeImageUrl,
} from './openai-shapes.js';
export { createResponsesScanner, inspectResponse, readResponsesUsage } from './openai-responses.js';
export { readUsage, writeUsage } from './openai-usage.js';
export type { ChatAnswer } from './openai-inspect.js';
export type { ScannedCall } from './openai-scanner.js';
export type { WireAssistant, WireToolCall } from './openai-shapes.js';
export type { WireUsage } from './openai-usage.js';

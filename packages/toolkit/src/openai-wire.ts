export { classifyInBand, isErrorAnswer, parseOpenAiError, readOpenAiError } from './openai-errors.js';
export { isFailedFinish, toFinish, writeFinishReason } from './openai-finish.js';
export {
  generationFailed,
  inspectChat,
  inspectCompletion,
  inspectEmbeddings,
  readChatAnswer,
  readEmbeddingsAnswer,
  tryParseAnswer,
} from './openai-inspect.js';
export { createCompletionScanner, createOpenAiScanner, readChunkUsage, unanswered } from './openai-scanner.js';
export { readAnnotation, writeAnnotations } from './openai-annotations.js';
export {
  CUSTOM_CALL,
  customInput,
  isCustomCall,
  readArguments,
  readAudio,
  readImages,
  readReasoning,
  readReasoningText,
  readToolCalls,
  withHeldStates,
  writeAssistant,
  writeAudio,
  writeDetails,
  writeImage,
  writeToolCall,
} from './openai-assistant.js';
export { readReasoningDetail, readThinkingBlock } from './openai-details.js';
export { readLogprobs, writeLogprobs } from './openai-logprobs.js';
export {
  OPENAI_CHAT,
  OPENAI_COMPLETIONS,
  OPENAI_EMBEDDINGS,
  OPENAI_FILES,
  OPENAI_IMAGES,
  OPENAI_MODERATIONS,
  OPENAI_RESPONSES,
  OPENAI_SPEECH,
  OPENAI_TRANSCRIPTIONS,
  ownFields,
  ownState,
  readCacheMark,
  readImageUrl,
  storedFile,
  storedFileId,
  writeImageUrl,
} from './openai-shapes.js';
export { createResponsesScanner, inspectResponse, readResponsesUsage } from './openai-responses.js';
export { readUsage, writeUsage } from './openai-usage.js';
export type { ChatAnswer } from './openai-inspect.js';
export type { ScannedCall } from './openai-scanner.js';
export type { HeldState, WireAssistant, WireToolCall } from './openai-assistant.js';
export type { ReasoningDetail, WireDetail } from './openai-details.js';
export type { WireUsage } from './openai-usage.js';

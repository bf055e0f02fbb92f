export { classifyInBand, readAnthropicError } from './anthropic-errors.js';
export { BLOCK_FIELDS, isEmptyPart, toAssistantPart, toImage, toText, toToolCall } from './anthropic-blocks.js';
export { ownCitation, toCitation, writeCitation } from './anthropic-citations.js';
export { toDocument, toSearchResult, writeDocument, writeImage, writeSearchResult } from './anthropic-documents.js';
export { createEnding } from './anthropic-ending.js';
export { inspectMessage, parseMessage } from './anthropic-inspect.js';
export { createAnthropicScanner } from './anthropic-scanner.js';
export { toThinkingBlock, toToolInput, toToolUseId } from './anthropic-shapes.js';
export {
  ANTHROPIC_COUNT_TOKENS,
  ANTHROPIC_MESSAGES,
  ownData,
  ownFields,
  ownState,
  readCommon,
  redactedState,
  restOf,
  signatureState,
  unknownFields,
  writeCacheMark,
} from './anthropic-state.js';
export { createUsageMeter, toFinish, toStopReason, toUsage } from './anthropic-usage.js';
export { toWireUsage } from './anthropic-write-usage.js';
export type { Ending } from './anthropic-ending.js';
export type { WireMessage } from './anthropic-inspect.js';
export type { RedactedThinkingBlock, ThinkingBlock } from './anthropic-shapes.js';
export type { UsageMeter } from './anthropic-usage.js';
export type { UsageNotes } from './anthropic-write-usage.js';

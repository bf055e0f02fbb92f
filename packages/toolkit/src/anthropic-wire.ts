export { classifyInBand, readAnthropicError } from './anthropic-errors.js';
export { inspectMessage, parseMessage } from './anthropic-inspect.js';
export { createAnthropicScanner } from './anthropic-scanner.js';
export {
  ANTHROPIC_MESSAGES,
  redactedState,
  signatureState,
  toThinkingBlock,
  toToolInput,
  toToolUseId,
} from './anthropic-shapes.js';
export { createUsageMeter, toFinish, toStopReason, toUsage, toWireUsage } from './anthropic-usage.js';
export type { WireMessage } from './anthropic-inspect.js';
export type {
  AssistantBlock,
  ImageBlock,
  RedactedThinkingBlock,
  TextBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
  UserBlock,
} from './anthropic-shapes.js';
export type { UsageMeter, WireUsage } from './anthropic-usage.js';

import type { Capability, ModelMode, PricedUnit, ReasoningEffort } from '@sluice/contract';

export const MODES = [
  'chat',
  'responses',
  'completion',
  'embed',
  'image',
  'speech',
  'transcription',
  'moderation',
  'rerank',
] as const satisfies readonly ModelMode[];

export const CAPABILITIES = [
  'tools',
  'parallel-tools',
  'forced-tools',
  'vision',
  'files',
  'audio',
  'json-schema',
  'reasoning',
  'adaptive-reasoning',
  'audio-output',
  'image-output',
  'prompt-cache',
  'prefill',
] as const satisfies readonly Capability[];

export const EFFORTS = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const satisfies readonly ReasoningEffort[];

/** Charged by the token. */
export const TOKEN_UNITS = [
  'input',
  'cachedInput',
  'cacheWrite',
  'cacheWrite1h',
  'output',
  'reasoning',
  'audioInput',
  'audioOutput',
] as const satisfies readonly PricedUnit[];

/** Charged by the piece. */
export const OTHER_UNITS = ['image', 'audioSecond', 'character', 'searchUnit'] as const satisfies readonly PricedUnit[];

/** `YYYY-MM-DD`. */
export const DATE = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

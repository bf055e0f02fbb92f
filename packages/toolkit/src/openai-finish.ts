import type { Finish, FinishReason } from '@sluice/contract';

const UNIFIED: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['end_turn', 'stop'],
  ['length', 'length'],
  // watsonx.ai's, npm @ibm-cloud/watsonx-ai 1.7.16, types/vml_v1.d.ts: it stopped in the middle.
  ['time_limit', 'length'],
  ['model_length', 'length'],
  ['max_tokens', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['tool_use', 'tool-calls'],
  ['content_filter', 'content-filter'],
  ['sensitive', 'content-filter'],
]);

/** Reasons with which vendors close a generation that failed. Passed on, it would look like a good answer. */
const FAILED: ReadonlySet<string> = new Set(['error', 'network_error', 'insufficient_system_resource']);

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  other: 'stop',
};

/** A vendor's `finish_reason`; words that nobody knows are `other`. */
export function toFinish(raw: string): Finish {
  return { unified: UNIFIED.get(raw) ?? 'other', raw };
}

/** Whether a `finish_reason` tells of a generation that broke. */
export function isFailedFinish(raw: string): boolean {
  return FAILED.has(raw);
}

/** The `finish_reason` that OpenAI's clients know. */
export function writeFinishReason(finish: Finish): string {
  return WORDS[finish.unified];
}

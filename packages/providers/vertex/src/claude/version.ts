import type { RawCall } from '@sluice/contract';

const FIRST = 'vertex-2023-10-16';
const LATEST = '2026-10-21';

/** The version of Anthropic's API whose rules a call of the codec keeps. */
export const CODEC_VERSION = { version: '2023-06-01' } as const;

/**
 * The version that a body names, because Vertex AI takes it there and not from a header.
 * https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai; npm @anthropic-ai/vertex-sdk 1.1.3, client.mjs.
 */
export function toBodyVersion(headers: RawCall['headers'] = {}): string {
  return headers['anthropic-version'] === LATEST ? LATEST : FIRST;
}

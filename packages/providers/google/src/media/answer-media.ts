import { gatewayError } from '@sluice/contract';
import type { JsonObject, Usage } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { readGeminiAnswer, readGeminiUsage } from '@sluice/toolkit/gemini-wire';

export interface MediaAnswer {
  readonly model: string;
  readonly parts: readonly JsonObject[];
  readonly usage?: Usage;
}

/** Bytes that a model made, as the answer holds them. */
export interface Blob {
  readonly mediaType: string;
  readonly base64: string;
}

/**
 * A plain answer to who asked for one thing only. Half of a picture, a recording or a transcript is none, and there is no
 * field in which to say so: throws `content_policy_violation` where the vendor held it back, `upstream_truncated` where it
 * came to its limit, else what {@link readGeminiAnswer} throws.
 */
export function readMediaAnswer(bytes: Uint8Array): MediaAnswer {
  const { body, parts, finish } = readGeminiAnswer(bytes);
  if (finish.unified === 'content-filter') {
    const message = `The provider held its answer back: ${finish.raw ?? 'its filter'}.`;
    throw gatewayError('content_policy_violation', { message });
  }
  if (finish.unified === 'length') {
    throw gatewayError('upstream_truncated', { message: 'The provider stopped at the limit of its output.' });
  }
  const usage = readGeminiUsage(body.usageMetadata);
  return {
    model: typeof body.modelVersion === 'string' ? body.modelVersion : '',
    // What the model drew or said to itself is none of its answer's.
    parts: parts.filter(({ thought }) => thought !== true),
    ...(usage ? { usage } : {}),
  };
}

/** The bytes of one kind, in their order. Throws `upstream_invalid_response` where there are none. */
export function blobsOf({ parts }: MediaAnswer, kind: 'image' | 'audio'): readonly [Blob, ...Blob[]] {
  const [first, ...others] = parts.flatMap(({ inlineData }) => toBlob(inlineData)).filter(isOf(kind));
  if (first) return [first, ...others];
  const what = kind === 'image' ? 'a picture' : 'sound';
  throw gatewayError('upstream_invalid_response', { message: `The provider answered without ${what}.` });
}

function isOf(kind: string): (blob: Blob) => boolean {
  return ({ mediaType }) => mediaType.toLowerCase().startsWith(`${kind}/`);
}

function toBlob(inlineData: unknown): readonly Blob[] {
  if (!isJsonObject(inlineData)) return [];
  const { mimeType, data } = inlineData;
  return typeof mimeType === 'string' && typeof data === 'string' && data !== ''
    ? [{ mediaType: mimeType, base64: data }]
    : [];
}

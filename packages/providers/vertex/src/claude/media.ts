import type { ChatRequest, Message, UserPart } from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';

/**
 * Vertex AI has no Files API of Anthropic's and fetches nothing: Claude gets pictures and documents as bytes there.
 * npm @ai-sdk/google-vertex 5.0.141, src/anthropic/google-vertex-anthropic-provider.ts, `supportedUrls`;
 * https://github.com/BerriAI/litellm/issues/23016
 */
export function refuseRemoteMedia({ messages }: ChatRequest): void {
  for (const message of messages) {
    if (contentOf(message).some(isRemote)) throw untranslatable('a picture or a file that is not in the request');
  }
}

function contentOf(message: Message): readonly UserPart[] {
  return message.role === 'user' || message.role === 'tool' ? message.content : [];
}

function isRemote(part: UserPart): boolean {
  return (part.type === 'image' || part.type === 'file') && part.source.kind !== 'base64';
}

import type { ImagePart, UserPart } from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';

export interface Content {
  readonly content: string;
  readonly images: readonly string[] | undefined;
}

/** Texts one below the other; pictures and sound beside them, in their order. */
export function writeContent(parts: readonly UserPart[]): Content {
  const images = parts.flatMap((part) => (part.type === 'text' ? [] : [toMedia(part)]));
  return { content: joinText(parts), images: images.length === 0 ? undefined : images };
}

export function joinText(parts: readonly UserPart[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** Sound goes where pictures go: `FromChatRequest` in the server's `openai/openai.go`. */
function toMedia(part: Exclude<UserPart, { readonly type: 'text' }>): string {
  if (part.type === 'audio') return part.base64;
  if (part.type !== 'image') throw untranslatable(`a part of type "${part.type}"`);
  return toBase64(part.source);
}

/** The server fetches nothing. */
function toBase64(source: ImagePart['source']): string {
  if (source.kind === 'base64') return source.base64;
  if (source.kind === 'stored') throw untranslatable('an image by the id of a file');
  const bytesFrom = source.url.startsWith('data:') ? source.url.indexOf(';base64,') : -1;
  if (bytesFrom < 0) throw untranslatable('an image by its URL');
  return source.url.slice(bytesFrom + ';base64,'.length);
}

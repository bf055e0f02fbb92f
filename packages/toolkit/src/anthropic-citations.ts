import type { Citation, JsonObject } from '@sluice/contract';
import { isJsonObject } from './json.js';
import { ownData, ownState } from './anthropic-state.js';
import { asText } from './tolerant.js';

/**
 * A citation as the wire has it: of a document by characters, pages or blocks, of a search result, or of the web.
 * Fields: npm @anthropic-ai/sdk 1.14.0, resources/messages/messages.d.ts, `TextCitation`.
 */
export function toCitation(wire: JsonObject): Citation {
  const url = asText(wire.url) ?? webAddress(wire.source);
  const title = asText(wire.title) ?? asText(wire.document_title);
  const citedText = asText(wire.cited_text);
  return {
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(citedText === undefined ? {} : { citedText }),
    // A citation that was written for another vendor's has no index, and the vendor refuses it.
    ...(wire.encrypted_index === '' ? {} : { opaque: ownState(wire) }),
  };
}

/** The citations of a text block; nothing where it has none. */
export function toCitations(wire: unknown): { readonly citations?: readonly Citation[] } {
  if (!Array.isArray(wire) || wire.length === 0) return {};
  return { citations: wire.filter(isJsonObject).map(toCitation) };
}

/** The vendor's own form of a citation; nothing for another vendor's. */
export function ownCitation({ opaque }: Citation): JsonObject | undefined {
  return ownData(opaque);
}

/** Any citation as clients read it. Another vendor's takes the form of one from the web, without an index. */
export function writeCitation(citation: Citation): JsonObject {
  const { url = '', title = null, citedText = '' } = citation;
  return (
    ownCitation(citation) ?? {
      type: 'web_search_result_location',
      cited_text: citedText,
      encrypted_index: '',
      title,
      url,
    }
  );
}

/** The `source` of a search result is whatever its caller put there. */
function webAddress(source: unknown): string | undefined {
  return typeof source === 'string' && /^https?:\/\//.test(source) ? source : undefined;
}

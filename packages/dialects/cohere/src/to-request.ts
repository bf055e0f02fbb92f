import type { JsonObject, RerankRequest } from '@sluice/contract';
import { COHERE_RERANK } from '@sluice/toolkit/cohere-wire';
import type { RerankWire } from './schema.js';

export function toRerankRequest(wire: RerankWire): RerankRequest {
  const {
    model: _,
    query,
    documents,
    top_n: topN,
    max_tokens_per_doc: maxTokens,
    return_documents: returnDocuments,
    rank_fields: rankFields,
    ...others
  } = wire;
  const fields = Object.entries(others).filter(([, value]) => value !== undefined && value !== null);
  return {
    query,
    documents: documents.map((document) => toText(document, rankFields ?? undefined)),
    ...(typeof topN === 'number' ? { topN } : {}),
    ...(typeof returnDocuments === 'boolean' ? { returnDocuments } : {}),
    ...(typeof maxTokens === 'number' ? { maxTokensPerDocument: maxTokens } : {}),
    ...(fields.length === 0 ? {} : { extensions: { dialect: COHERE_RERANK, fields: Object.fromEntries(fields) } }),
  };
}

/**
 * A document as one text: its `text`, or the fields that count as lines of YAML, which is how the vendor advises to write
 * structured data. https://docs.cohere.com/reference/rerank
 */
function toText(document: RerankWire['documents'][number], rankFields: readonly string[] | undefined): string {
  if (typeof document === 'string') return document;
  if (!rankFields && typeof document.text === 'string') return document.text;
  const names = rankFields ?? Object.keys(document);
  return names
    .filter((name) => Object.hasOwn(document, name))
    .map((name) => writeLine(name, document))
    .join('\n');
}

function writeLine(name: string, document: JsonObject): string {
  const value = document[name];
  return `${name}: ${typeof value === 'string' && !/[\n:#]/.test(value) ? value : JSON.stringify(value)}`;
}

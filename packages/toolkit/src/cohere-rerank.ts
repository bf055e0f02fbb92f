import { gatewayError } from '@sluice/contract';
import type { AnswerSummary, JsonObject, RankedDocument, RerankResult, Usage } from '@sluice/contract';
import { readCohereUsage } from './cohere-usage.js';
import { isJsonObject, parseUpstreamJson } from './json.js';
import { classifyInBand, isErrorAnswer, readOpenAiError } from './openai-errors.js';
import { readUsage } from './openai-usage.js';

/** Id of the dialect of Cohere's rerank API, which other servers speak as well. */
export const COHERE_RERANK = 'cohere-rerank';

/**
 * A ranking, as Cohere answers it (npm cohere-ai 8.1.0, `V2RerankResponse`, `RerankResponse`) and as those who copied it do:
 * vLLM (https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html), Jina (https://api.jina.ai/redoc), llama.cpp;
 * Fireworks has it under `data` (PyPI litellm 1.110.2, llms/fireworks_ai/rerank/transformation.py).
 * Throws `upstream_truncated`, `upstream_invalid_response`, or the error that the answer holds.
 */
export function decodeRerank(bytes: Uint8Array): RerankResult {
  const { body, rows } = readAnswer(bytes);
  const usage = usageOf(body);
  return {
    ...(typeof body.id === 'string' ? { id: body.id } : {}),
    model: typeof body.model === 'string' ? body.model : '',
    results: rows.map(readRow),
    ...(usage ? { usage } : {}),
  };
}

/** What settling needs of a ranking; throws as {@link decodeRerank} does. */
export function inspectRerank(bytes: Uint8Array): AnswerSummary {
  const { body } = readAnswer(bytes);
  const usage = usageOf(body);
  return { ...(typeof body.model === 'string' ? { model: body.model } : {}), ...(usage ? { usage } : {}) };
}

function readAnswer(bytes: Uint8Array): { readonly body: JsonObject; readonly rows: readonly JsonObject[] } {
  const body = parseUpstreamJson(bytes);
  const rows: unknown = body.results ?? body.data;
  if (Array.isArray(rows) && rows.every(isRow)) return { body, rows };
  if (isErrorAnswer(body) || typeof body.message === 'string') throw classifyInBand(readOpenAiError(body));
  throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a ranking." });
}

function isRow(row: unknown): row is JsonObject {
  return isJsonObject(row) && typeof row.index === 'number' && typeof scoreOf(row) === 'number';
}

function scoreOf({ relevance_score: score, score: short }: JsonObject): unknown {
  return score ?? short;
}

function readRow(row: JsonObject): RankedDocument {
  const document = isJsonObject(row.document) ? row.document.text : row.document;
  return {
    index: Number(row.index),
    score: Number(scoreOf(row)),
    ...(typeof document === 'string' ? { document } : {}),
  };
}

/** Cohere's stands under `meta`; the others count tokens, some only all together, and OpenRouter what it charges for. */
function usageOf({ meta, usage }: JsonObject): Usage | undefined {
  if (!isJsonObject(usage)) return readCohereUsage(meta);
  const { search_units: searches, total_tokens: total, prompt_tokens: prompt = total } = usage;
  const tokens = readUsage({ ...usage, prompt_tokens: prompt });
  if (typeof searches !== 'number') return tokens;
  return { inputTokens: 0, outputTokens: 0, ...tokens, searchUnits: searches };
}

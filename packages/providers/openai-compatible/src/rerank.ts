import type { Operation, Passthrough, RerankRequest, RerankResult } from '@sluice/contract';
import { NO_FEATURES, dropped, droppedExtensions, editCallBody, endpoint, extensionsFor } from '@sluice/toolkit';
import { COHERE_RERANK, decodeRerank, inspectRerank } from '@sluice/toolkit/cohere-wire';
import type { HeaderWriter } from './headers.js';
import type { ServerRules } from './rules.js';

const PATH = 'rerank';
/**
 * Ranking, as servers have it beside chat: in Cohere's form. vLLM, llama.cpp and Jina do
 * (https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, https://api.jina.ai/redoc); who does not answers 404.
 * `rankings`: the member of the answer, where it is not Cohere's.
 */
export function createRerankOperation(
  headers: HeaderWriter,
  rankings?: ServerRules['rankings'],
): Operation<RerankRequest, RerankResult, never> {
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const { query, documents, topN, returnDocuments, maxTokensPerDocument } = request;
      const body = JSON.stringify({
        ...extensionsFor(request, COHERE_RERANK),
        model: target.model,
        query,
        documents,
        top_n: topN,
        return_documents: returnDocuments,
      });
      return {
        request: { method: 'POST', url: endpoint(target.baseUrl, PATH), headers: headers.plain, body },
        adjustments: [
          ...dropped('max_tokens_per_doc', maxTokensPerDocument),
          ...droppedExtensions(request, COHERE_RERANK),
        ],
      };
    },
    decode: decodeRerank,
    passthroughs: rankings === undefined ? [createPassthrough(headers)] : [],
  };
}

function createPassthrough(headers: HeaderWriter): Passthrough {
  return {
    dialect: COHERE_RERANK,
    encode(call, target) {
      const body = editCallBody(call, { model: target.model });
      return { method: 'POST', url: endpoint(target.baseUrl, PATH), headers: headers.plain, body };
    },
    inspect: inspectRerank,
  };
}

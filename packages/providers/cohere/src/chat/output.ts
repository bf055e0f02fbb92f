import type { ChatRequest, JsonObject, ResponseFormat } from '@sluice/contract';
import { dropped } from '@sluice/toolkit';
import type { Plan } from './plan.js';

/**
 * `response_format` and `logprobs`. The vendor refuses a format beside tools or documents, and gives no alternatives for a
 * token. https://docs.cohere.com/reference/chat
 */
export function planOutput({ responseFormat, tools = [], logprobs }: ChatRequest, hasDocuments: boolean): Plan {
  const format = responseFormat && writeFormat(responseFormat);
  const isTaken = tools.length === 0 && !hasDocuments;
  const { description } = responseFormat?.type === 'json-schema' ? responseFormat : {};
  return {
    fields: { response_format: isTaken ? format : undefined, logprobs: logprobs ? true : undefined },
    adjustments: [
      ...dropped('response_format', isTaken ? undefined : format),
      ...dropped('response_format.description', isTaken ? description : undefined),
      ...dropped('top_logprobs', logprobs && logprobs.top > 0 ? logprobs : undefined),
    ],
  };
}

function writeFormat(format: ResponseFormat): JsonObject | undefined {
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json':
      return { type: 'json_object' };
    case 'json-schema':
      return { type: 'json_object', json_schema: format.schema };
  }
}

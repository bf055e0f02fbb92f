import type { AnswerSummary, RawApi, ResponseHead } from '@sluice/contract';
import { createRecogniser, pickHeaders } from '@sluice/toolkit';
import type { Headers } from './headers.js';

const COUNT = 'x-amzn-bedrock-';

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html */
const recognise = createRecogniser([
  { path: /^model\/(?<model>[^/]+)\/converse$/, operation: 'chat' },
  { path: /^model\/(?<model>[^/]+)\/converse-stream$/, operation: 'chat', stream: true },
  // Of what models are invoked with, these forms are known.
  { path: /^model\/(?<model>[^/]*embed[^/]*)\/invoke$/, operation: 'embed' },
  { path: /^model\/(?<model>[^/]*rerank[^/]*)\/invoke$/, operation: 'rerank' },
  { path: /^model\/(?<model>[^/]*(?:image|canvas|stability)[^/]*)\/invoke$/, operation: 'image' },
  { path: /^model\/(?<model>[^/]+)\/invoke$/, inspect: inspectInvoked },
  { path: /^model\/(?<model>[^/]+)\/[a-z-]+$/ },
]);

/**
 * What was used stands in the headers of an invocation, whatever the model's own form is.
 * https://github.com/aws/aws-sdk-js-v3/issues/5917
 */
function inspectInvoked(_: Uint8Array, { headers }: ResponseHead): AnswerSummary {
  const [input, output] = [headers[`${COUNT}input-token-count`], headers[`${COUNT}output-token-count`]].map(Number);
  if (!Number.isSafeInteger(input) || !Number.isSafeInteger(output)) return {};
  return { usage: { inputTokens: input ?? 0, outputTokens: output ?? 0 } };
}

/** What InvokeModel takes in headers. npm @aws-sdk/client-bedrock-runtime 3.1164.0, dist-es/schemas/schemas_0.js. */
const CALLER_HEADERS = [
  'x-amzn-bedrock-accept',
  'x-amzn-bedrock-guardrailidentifier',
  'x-amzn-bedrock-guardrailversion',
  'x-amzn-bedrock-performanceconfig-latency',
  'x-amzn-bedrock-request-metadata',
  'x-amzn-bedrock-service-tier',
  'x-amzn-bedrock-trace',
];

/** The runtime's API for callers who speak it themselves; what they sign is signed anew. */
export function createRawApi(headers: Headers): RawApi {
  return {
    headersFor: (caller) => ({ ...pickHeaders(caller, CALLER_HEADERS), ...headers }),
    answerHeaders: ['x-amzn-bedrock-*', 'x-amzn-requestid', 'x-amzn-errortype'],
    recognise,
  };
}

import { ANTHROPIC } from './wires/anthropic/vendor.js';
import { OPENAI } from './wires/openai/vendor.js';
import { anthropicCountTokens, anthropicMessages } from './wires/anthropic/messages.js';
import { anthropicModel, anthropicModels } from './wires/anthropic/models-list.js';
import { BEDROCK } from './wires/bedrock/vendor.js';
import { COHERE } from './wires/cohere/vendor.js';
import { GEMINI } from './wires/gemini/vendor.js';
import { bedrockConverse, bedrockConverseStream } from './wires/bedrock/converse.js';
import { bedrockInvoke } from './wires/bedrock/invoke.js';
import { cohereChat } from './wires/cohere/chat.js';
import { cohereEmbed, cohereRerank, cohereRerankV1 } from './wires/cohere/rank-and-embed.js';
import { control } from './control.js';
import { geminiBatchEmbed, geminiEmbed } from './wires/gemini/embed.js';
import { geminiCountTokens, geminiGenerate, geminiStream } from './wires/gemini/generate.js';
import { geminiInteractions } from './wires/gemini/interactions.js';
import { geminiModel, geminiModels } from './wires/gemini/models-list.js';
import { openAiChat } from './wires/openai/chat.js';
import { openAiCompletions } from './wires/openai/completions.js';
import { openAiEmbeddings } from './wires/openai/embeddings.js';
import {
  cancelResponse,
  countInputTokens,
  deleteResponse,
  getResponse,
  listInputItems,
} from './wires/openai/stored-responses.js';
import { openAiResponses } from './wires/openai/responses.js';
import { openAiImages } from './wires/openai/images.js';
import { openAiModerations } from './wires/openai/moderations.js';
import { openAiSpeech, openAiTranscriptions } from './wires/openai/audio.js';
import { openAiModel, openAiModels } from './wires/openai/models-list.js';
import type { IncomingHttpHeaders } from 'node:http';
import type { Plain, Vendor, Wire } from './wires/wire.js';

type Endpoint = Wire | Plain;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

type Row = readonly [method: Method, path: string, endpoint: Endpoint];

/** Azure has the same endpoints under an address that names the model, and under one of its own. */
function openAiRows(base: string): readonly Row[] {
  return [
    ['POST', `${base}/chat/completions`, openAiChat],
    ['POST', `${base}/completions`, openAiCompletions],
    ['POST', `${base}/embeddings`, openAiEmbeddings],
    ['POST', `${base}/images/generations`, openAiImages],
    ['POST', `${base}/audio/speech`, openAiSpeech],
    ['POST', `${base}/audio/transcriptions`, openAiTranscriptions],
  ];
}

/** SDKs ask under `/v1` since npm @google/genai 3, before that and by hand under `/v1beta`. */
function geminiRows(version: string): readonly Row[] {
  const model = `${version}/models/{model}`;
  return [
    ['POST', `${model}:generateContent`, geminiGenerate],
    ['POST', `${model}:streamGenerateContent`, geminiStream],
    ['POST', `${model}:embedContent`, geminiEmbed],
    ['POST', `${model}:batchEmbedContents`, geminiBatchEmbed],
    ['POST', `${model}:countTokens`, geminiCountTokens],
    ['POST', `${version}/interactions`, geminiInteractions],
    ...(version === '/v1' ? [] : geminiLists(version)),
  ];
}

function geminiLists(version: string): readonly Row[] {
  return [
    ['GET', `${version}/models`, geminiModels],
    ['GET', `${version}/models/{model}`, geminiModel],
  ];
}

/** One line for each endpoint. A name in braces stands for one segment of the path, or what is left of it. */
const TABLE: readonly Row[] = [
  ...['/v1', '/openai/v1', '/openai/deployments/{model}'].flatMap(openAiRows),
  ['POST', '/v1/moderations', openAiModerations],
  ['POST', '/v1/responses', openAiResponses],
  ['POST', '/openai/v1/responses', openAiResponses],
  ['POST', '/v1/responses/input_tokens', countInputTokens],
  ['GET', '/v1/responses/{id}', getResponse],
  ['DELETE', '/v1/responses/{id}', deleteResponse],
  ['POST', '/v1/responses/{id}/cancel', cancelResponse],
  ['GET', '/v1/responses/{id}/input_items', listInputItems],
  ['GET', '/v1/models', openAiModels],
  ['GET', '/v1/models/{model}', openAiModel],
  ['POST', '/v1/messages', anthropicMessages],
  ['POST', '/v1/messages/count_tokens', anthropicCountTokens],
  ...['/v1', '/v1beta', '/v1alpha'].flatMap(geminiRows),
  ['POST', '/model/{model}/converse', bedrockConverse],
  ['POST', '/model/{model}/converse-stream', bedrockConverseStream],
  ['POST', '/model/{model}/invoke', bedrockInvoke],
  ['POST', '/v2/chat', cohereChat],
  ['POST', '/v2/embed', cohereEmbed],
  ['POST', '/v2/rerank', cohereRerank],
  ['POST', '/v1/rerank', cohereRerankV1],
  ['GET', '/sim/v1/{subject}', control],
  ['PUT', '/sim/v1/{subject}', control],
  ['DELETE', '/sim/v1/{subject}', control],
];

/** Paths that several vendors have: their callers are known by what their SDKs send. */
const SHARED: Readonly<Record<'anthropic' | 'gemini' | 'openai', readonly Route[]>> = {
  anthropic: toRoutes([
    ['GET', '/v1/models', anthropicModels],
    ['GET', '/v1/models/{model}', anthropicModel],
  ]),
  gemini: toRoutes(geminiLists('/v1')),
  openai: [],
};

interface Route {
  readonly method: Method;
  readonly pattern: RegExp;
  readonly endpoint: Endpoint;
}

const ROUTES = toRoutes(TABLE);

function toRoutes(rows: readonly Row[]): readonly Route[] {
  return rows.map(([method, path, endpoint]) => {
    const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
    const pattern = literal.replace(/\{(\w+)\}/g, '(?<$1>[^/]+?)');
    return { method, pattern: new RegExp(`^${pattern}$`), endpoint };
  });
}

export interface Found {
  /** Absent where no endpoint has this path, or none takes this method. */
  readonly endpoint?: Endpoint;
  readonly params: Readonly<Record<string, string>>;
  /** The path is known with another method. */
  readonly wrongMethod: boolean;
  /** In whose words a failure is told. */
  readonly vendor: Vendor;
}

export function findEndpoint(
  method: string,
  { pathname: path, searchParams }: URL,
  headers: IncomingHttpHeaders,
): Found {
  const caller = toCaller(headers, searchParams);
  const matching = [...SHARED[caller], ...ROUTES].filter(({ pattern }) => pattern.test(path));
  const route = matching.find((candidate) => candidate.method === method);
  const vendor = (route ?? matching[0])?.endpoint.vendor ?? guessVendor(path, caller);
  return {
    ...(route && { endpoint: route.endpoint }),
    params: decode(route?.pattern.exec(path)?.groups ?? {}),
    wrongMethod: !route && matching.length > 0,
    vendor,
  };
}

function decode(groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, safelyDecoded(value)]));
}

function safelyDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

type Caller = keyof typeof SHARED;

function toCaller(headers: IncomingHttpHeaders, query: URLSearchParams): Caller {
  if (headers['anthropic-version'] !== undefined) return 'anthropic';
  return headers['x-goog-api-key'] !== undefined || query.has('key') ? 'gemini' : 'openai';
}

function guessVendor(path: string, caller: Caller): Vendor {
  if (path.startsWith('/model/')) return BEDROCK;
  if (path.startsWith('/v2/')) return COHERE;
  if (caller === 'gemini' || path.startsWith('/v1beta/')) return GEMINI;
  return caller === 'anthropic' ? ANTHROPIC : OPENAI;
}

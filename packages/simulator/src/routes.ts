import { ANTHROPIC } from './wires/anthropic/vendor.js';
import { OPENAI } from './wires/openai/vendor.js';
import { anthropicCountTokens, anthropicMessages } from './wires/anthropic/messages.js';
import { anthropicModel, anthropicModels } from './wires/anthropic/models-list.js';
import { control } from './control.js';
import { openAiChat } from './wires/openai/chat.js';
import { openAiEmbeddings } from './wires/openai/embeddings.js';
import { openAiModel, openAiModels } from './wires/openai/models-list.js';
import type { IncomingHttpHeaders } from 'node:http';
import type { Plain, Vendor, Wire } from './wires/wire.js';

type Endpoint = Wire | Plain;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One line for each endpoint. A name in braces stands for one segment of the path, or what is left of it. */
const TABLE: readonly (readonly [method: Method, path: string, endpoint: Endpoint])[] = [
  ['POST', '/v1/chat/completions', openAiChat],
  ['POST', '/v1/embeddings', openAiEmbeddings],
  ['GET', '/v1/models', openAiModels],
  ['GET', '/v1/models/{model}', openAiModel],
  ['POST', '/v1/messages', anthropicMessages],
  ['POST', '/v1/messages/count_tokens', anthropicCountTokens],
  ['GET', '/sim/v1/{subject}', control],
  ['PUT', '/sim/v1/{subject}', control],
  ['DELETE', '/sim/v1/{subject}', control],
];

/** Paths that two vendors have: Anthropic's callers are known by their version. */
const FOR_ANTHROPIC: typeof TABLE = [
  ['GET', '/v1/models', anthropicModels],
  ['GET', '/v1/models/{model}', anthropicModel],
];

interface Route {
  readonly method: Method;
  readonly pattern: RegExp;
  readonly endpoint: Endpoint;
}

const ROUTES = TABLE.map(toRoute);
const ANTHROPIC_ROUTES = FOR_ANTHROPIC.map(toRoute);

function toRoute([method, path, endpoint]: (typeof TABLE)[number]): Route {
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  const pattern = literal.replace(/\{(\w+)\}/g, '(?<$1>[^/]+?)');
  return { method, pattern: new RegExp(`^${pattern}$`), endpoint };
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

export function findEndpoint(method: string, path: string, headers: IncomingHttpHeaders): Found {
  const isAnthropic = headers['anthropic-version'] !== undefined;
  const routes = isAnthropic ? [...ANTHROPIC_ROUTES, ...ROUTES] : ROUTES;
  const matching = routes.filter(({ pattern }) => pattern.test(path));
  const route = matching.find((candidate) => candidate.method === method);
  const vendor = (route ?? matching[0])?.endpoint.vendor ?? guessVendor(path, isAnthropic);
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

const guessVendor = (_path: string, isAnthropic: boolean): Vendor => (isAnthropic ? ANTHROPIC : OPENAI);

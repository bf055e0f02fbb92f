import type { ModelListing, Operations, Provider, ProviderDeps, SecretRef, UpstreamRequest } from '@sluice/contract';
import { createChatOperation } from './chat/operation.js';
import { classify } from './classify.js';
import { createEmbedOperation } from './embed.js';
import { createHeaderWriter } from './headers.js';
import { createMediaOperations } from './media/operations.js';
import { createModelListing } from './models.js';
import { COMPATIBLE } from './rules.js';
import type { ServerRules } from './rules.js';

/** One server of the dialect. Unlike a provider in general, it is known to chat and to embed. */
export interface OpenAiProvider extends Provider {
  readonly operations: Operations & Required<Pick<Operations, 'chat' | 'embed'>>;
  readonly models: ModelListing;
}

export interface OpenAiProviderInit {
  readonly baseUrl: URL;
  /** Absent for a server that asks for no key. */
  readonly secretRef?: SecretRef | undefined;
  /** Go with every call; win over what the adapter would send. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly deps: Pick<ProviderDeps, 'secret'>;
  readonly rules?: ServerRules;
}

/** Builds an adapter on this dialect. No I/O; the secret is read for each call. */
export function createOpenAiProvider(init: OpenAiProviderInit): OpenAiProvider {
  const { baseUrl, secretRef, deps, rules = COMPATIBLE } = init;
  const headers = createHeaderWriter(init.headers);
  return {
    baseUrl,
    operations: {
      chat: createChatOperation(rules, headers),
      embed: createEmbedOperation(headers),
      ...createMediaOperations(rules.media ?? [], headers),
    },
    models: createModelListing(baseUrl, headers),
    async authorize(request) {
      return secretRef ? withBearer(request, await deps.secret(secretRef)) : request;
    },
    classify,
  };
}

function withBearer(request: UpstreamRequest, secret: string): UpstreamRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${secret}` } };
}

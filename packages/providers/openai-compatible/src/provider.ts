import type { ModelListing, Operations, Provider, ProviderDeps, SecretRef, UpstreamRequest } from '@sluice/contract';
import { createChatOperation } from './chat/operation.js';
import { classify } from './classify.js';
import { createEmbedOperation } from './embed.js';
import { createHeaderWriter } from './headers.js';
import { createMediaOperations } from './media/operations.js';
import { createModelListing } from './models.js';
import { createRawApi } from './raw.js';
import { COMPATIBLE } from './rules.js';
import type { ServerRules } from './rules.js';
import { PLAIN } from './server.js';
import type { Server } from './server.js';

/** One server of the dialect. Unlike a provider in general, it is known to chat and to embed. */
export interface OpenAiProvider extends Provider {
  readonly operations: Operations & Required<Pick<Operations, 'chat' | 'embed'>>;
  readonly models: ModelListing;
}

/** {@link OpenAiProvider} of which nothing is known but that it chats. */
export interface ServerProvider extends Provider {
  readonly operations: Operations & Required<Pick<Operations, 'chat'>>;
}

export interface OpenAiProviderInit {
  readonly baseUrl: URL;
  /** Absent for a server that asks for no key. */
  readonly secretRef?: SecretRef | undefined;
  /** Go with every call; win over what the adapter would send. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly deps: Pick<ProviderDeps, 'secret'>;
  readonly rules?: ServerRules;
  /** The header of the key, where it is not a bearer's. */
  readonly keyHeader?: string;
  /** Where calls go and what models are called there, for a server that has its own way. */
  readonly addresses?: Pick<Server, 'locate' | 'nameOf'>;
  /** Operations in a form of the server's own; they win over those of the dialect. */
  readonly operations?: (server: Server) => Operations;
}

/** Builds an adapter on this dialect. No I/O; the secret is read for each call. */
export function createOpenAiProvider(init: OpenAiProviderInit): OpenAiProvider {
  const { baseUrl, secretRef, deps, keyHeader, rules = COMPATIBLE, addresses = PLAIN } = init;
  const headers = createHeaderWriter(init.headers);
  const server: Server = { rules, headers, ...addresses };
  return {
    baseUrl,
    operations: {
      chat: createChatOperation(server),
      embed: createEmbedOperation(server),
      ...createMediaOperations(rules.media ?? [], server),
      ...init.operations?.(server),
    },
    models: createModelListing(baseUrl, headers),
    raw: createRawApi(headers),
    async authorize(request) {
      return secretRef ? withKey(request, await deps.secret(secretRef), keyHeader) : request;
    },
    classify,
  };
}

/** {@link createOpenAiProvider} without what the rules say that the server lacks. */
export function createServerProvider(init: OpenAiProviderInit): ServerProvider {
  const { operations, models, ...provider } = createOpenAiProvider(init);
  const { embed, ...others } = operations;
  const { embeddings, models: lists } = init.rules ?? COMPATIBLE;
  return {
    ...provider,
    operations: embeddings === false ? others : { ...others, embed },
    ...(lists === false ? {} : { models }),
  };
}

function withKey(request: UpstreamRequest, secret: string, header: string | undefined): UpstreamRequest {
  const key = header === undefined ? { authorization: `Bearer ${secret}` } : { [header]: secret };
  return { ...request, headers: { ...request.headers, ...key } };
}

import type { Provider, ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { AccessTokenSource, jsonHeaders } from '@sluice/toolkit';
import { payerOf } from './account.js';
import type { Account } from './account.js';
import { createChat } from './chat/operation.js';
import { classify } from './classify.js';
import { createEmbed } from './embed.js';
import { createMint } from './mint.js';
import { createModelListing } from './models.js';
import { createRawApi } from './raw.js';
import { createRerank } from './rerank.js';
import { watsonxSettings } from './settings.js';
import type { WatsonxSettings } from './settings.js';

/** Adapter for IBM watsonx.ai on IBM Cloud. */
export const watsonx: ProviderDefinition<WatsonxSettings> = {
  kind: 'watsonx',
  contractVersion: 1,
  settings: watsonxSettings,
  create: createProvider,
};

function createProvider(settings: WatsonxSettings, deps: ProviderDeps): Provider {
  const { apiKey, apiVersion, headers, iamUrl } = settings;
  const account: Account = { headers: jsonHeaders(headers), apiVersion, payer: payerOf(settings) };
  const baseUrl = new URL(settings.baseUrl);
  const tokens = apiKey && new AccessTokenSource(createMint(apiKey, new URL(iamUrl), deps), deps.clock);
  return {
    baseUrl,
    operations: { chat: createChat(account), embed: createEmbed(account), rerank: createRerank(account) },
    models: createModelListing(baseUrl, account),
    raw: createRawApi(account),
    async authorize(request, signal) {
      return tokens ? { ...request, headers: { ...request.headers, ...(await tokens.headers(signal)) } } : request;
    },
    classify(failure) {
      if (failure.stage === 'status' && failure.head.status === 401) tokens?.refuse();
      return classify(failure);
    },
  };
}

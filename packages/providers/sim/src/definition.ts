import type { Provider, ProviderDefinition, ProviderDeps, UpstreamRequest } from '@sluice/contract';
import { gatewayError } from '@sluice/contract';
import { COMPATIBLE, createOpenAiProvider } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';
import type { z } from 'zod';
import { createSimSettings, type SimSettings } from './settings.js';

export interface SimDeps<Rule> {
  /** A line of the simulator's fault script, as it may stand in the settings. */
  readonly faultRule: z.ZodType<Rule>;
  /**
   * The address of the simulator for these settings, without a path. Asked before every call, so it starts one when
   * there is none and answers at once from then on; whoever supplies it stops the simulator.
   */
  readonly open: (settings: SimSettings<Rule>) => Promise<URL>;
}

/** Stands where the simulator's address goes: it has none before the first call, and encoding starts nothing. */
const PLACEHOLDER = new URL('http://simulator.invalid/v1');

/** The model that says what it was told can say the rest of it. */
const RULES: ServerRules = { ...COMPATIBLE, prefill: { models: /^echo$/ } };

/** The built-in simulator as a provider. Needs no key and reaches nothing but what `open` names. */
export function createSimDefinition<Rule>({ open, faultRule }: SimDeps<Rule>): ProviderDefinition<SimSettings<Rule>> {
  return {
    kind: 'sim',
    contractVersion: 1,
    settings: createSimSettings(faultRule),
    create(settings: SimSettings<Rule>, deps: ProviderDeps): Provider {
      const provider = createOpenAiProvider({ baseUrl: PLACEHOLDER, deps, rules: RULES });
      return {
        ...provider,
        async authorize(request, signal) {
          const address = await open(settings).catch(refused);
          signal.throwIfAborted();
          return readdress(request, address);
        },
      };
    },
  };
}

function readdress(request: UpstreamRequest, address: URL): UpstreamRequest {
  const url = new URL(request.url);
  url.protocol = address.protocol;
  url.host = address.host;
  return { ...request, url };
}

function refused(cause: unknown): never {
  throw gatewayError('upstream_connection_error', { message: 'The simulator could not be started.', cause });
}

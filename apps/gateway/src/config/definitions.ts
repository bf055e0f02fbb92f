import type { ProviderDefinition } from '@sluice/contract';
import { anthropic } from '@sluice/provider-anthropic';
import { bedrock } from '@sluice/provider-bedrock';
import { cohere } from '@sluice/provider-cohere';
import { google } from '@sluice/provider-google';
import { ollama } from '@sluice/provider-ollama';
import { openai } from '@sluice/provider-openai';
import { openAiCompatible } from '@sluice/provider-openai-compatible';
import { createSimDefinition } from '@sluice/provider-sim';

const DEFAULT_SEED = 1;

/** Gives the address of the simulator with a seed, starting it when it is not there yet. */
export type OpenSimulator = (seed: number) => Promise<URL>;

/** The adapters that the gateway brings. */
export function providerDefinitions(openSimulator: OpenSimulator): readonly ProviderDefinition[] {
  return [
    openai,
    anthropic,
    bedrock,
    google,
    cohere,
    ollama,
    openAiCompatible,
    createSimDefinition({ open: ({ seed = DEFAULT_SEED }) => openSimulator(seed) }),
  ];
}

/** The same adapters for those who only read their settings: nothing is ever started. */
export const PROVIDER_DEFINITIONS = providerDefinitions(() => Promise.reject(new Error('No simulator is run here.')));

import type { ProviderDefinition } from '@sluice/contract';
import { anthropic } from '@sluice/provider-anthropic';
import { azureOpenAi } from '@sluice/provider-azure-openai';
import { bedrock } from '@sluice/provider-bedrock';
import { cohere } from '@sluice/provider-cohere';
import { deepseek } from '@sluice/provider-deepseek';
import { google } from '@sluice/provider-google';
import { groq } from '@sluice/provider-groq';
import { mistral } from '@sluice/provider-mistral';
import { ollama } from '@sluice/provider-ollama';
import { openai } from '@sluice/provider-openai';
import { openAiCompatible } from '@sluice/provider-openai-compatible';
import { openrouter } from '@sluice/provider-openrouter';
import { createSimDefinition } from '@sluice/provider-sim';
import { vertex } from '@sluice/provider-vertex';
import { watsonx } from '@sluice/provider-watsonx';
import { xai } from '@sluice/provider-xai';
import { faultRule } from '@sluice/simulator';
import type { FaultRule } from '@sluice/simulator';

const DEFAULT_SEED = 1;

/** What a simulator of the gateway's own is started with. */
export interface SimulatorSettings {
  readonly seed: number;
  readonly faults: readonly FaultRule[];
}

/** Gives the address of the simulator with these settings, starting it when it is not there yet. */
export type OpenSimulator = (settings: SimulatorSettings) => Promise<URL>;

/** The adapters that the gateway brings. */
export function providerDefinitions(openSimulator: OpenSimulator): readonly ProviderDefinition[] {
  return [
    openai,
    anthropic,
    bedrock,
    google,
    vertex,
    cohere,
    watsonx,
    ollama,
    azureOpenAi,
    mistral,
    deepseek,
    xai,
    groq,
    openrouter,
    openAiCompatible,
    createSimDefinition({
      faultRule,
      open: ({ seed = DEFAULT_SEED, faults = [] }) => openSimulator({ seed, faults }),
    }),
  ];
}

/** The same adapters for those who only read their settings: nothing is ever started. */
export const PROVIDER_DEFINITIONS = providerDefinitions(() => Promise.reject(new Error('No simulator is run here.')));

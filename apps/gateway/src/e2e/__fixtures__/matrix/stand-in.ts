import { TEST_CREDENTIALS, startSimulator } from '@sluice/simulator';
import type { Script, Simulator } from '@sluice/simulator';
import { startRecorder } from './recorder.js';
import { startGateway } from '../gateway.js';
import type { TestGateway } from '../gateway.js';

export const THOUGHT = 'The weather of Oslo is what they want.';
export const ANSWER = 'It is sunny in Oslo, and noon.';

/** A vendor behind the gateway. */
export interface VendorRow {
  /** Its key under `providers:`. */
  readonly name: string;
  /** Answers as it is asked. */
  readonly model: string;
  /** Thinks, calls a tool and answers after its result. */
  readonly thinker: string;
  /** Calls two tools at once. */
  readonly parallel: string;
  /** Whether the vendor tells how it reasoned. */
  readonly showsReasoning: 'always' | 'by responses';
  /** By what it knows its own reasoning again in the next turn. */
  readonly proof: RegExp;
}

export const VENDORS: readonly VendorRow[] = [
  { name: 'openai', model: 'gpt-4.1', thinker: 'gpt-5-mini', parallel: 'gpt-4o', showsReasoning: 'by responses', proof: /"encrypted_content":"g/ },
  {
    name: 'anthropic',
    model: 'claude-sonnet-4-5',
    thinker: 'claude-opus-4-5',
    parallel: 'claude-haiku-4-5',
    showsReasoning: 'always',
    proof: /"signature":"E/,
  },
  {
    name: 'gemini',
    model: 'gemini-2.5-flash',
    thinker: 'gemini-3-pro-preview',
    parallel: 'gemini-3-flash-preview',
    showsReasoning: 'always',
    proof: /"thoughtSignature":"C/,
  },
  {
    name: 'bedrock',
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    thinker: 'global.anthropic.claude-opus-4-5-20251101-v1:0',
    parallel: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    showsReasoning: 'always',
    proof: /"signature":"E/,
  },
  { name: 'compatible', model: 'auto', thinker: 'reasoning', parallel: 'tools-parallel', showsReasoning: 'always', proof: /"reasoning_content":"/ },
];

const weather = { name: 'get_weather', arguments: { city: 'Oslo' } };
const time = { name: 'get_time', arguments: { city: 'Oslo' } };

const playing = (role: 'thinker' | 'parallel', first: Script['turns'][number]): Script => ({
  models: VENDORS.map((vendor) => vendor[role].replace(/^(us|global)\./, '*')),
  turns: [first, { text: ANSWER }],
});

const SCRIPTS: Readonly<Record<string, Script>> = {
  thinker: playing('thinker', { reasoning: THOUGHT, calls: [weather] }),
  parallel: playing('parallel', { calls: [weather, time] }),
};

export interface StandIn extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly gateway: TestGateway;
  /** The last body that the gateway sent to a vendor. */
  lastBody(): string;
}

/** A gateway before a stand-in of every vendor, which refuses what the vendor refuses, a wrong key included. */
export async function startStandIn(): Promise<StandIn> {
  const simulator = await startSimulator({ checkKeys: true, scripts: SCRIPTS });
  const { openai, anthropic, gemini, bedrock } = TEST_CREDENTIALS;
  const { url, ...recorder } = await startRecorder(simulator.url);
  const gateway = await startGateway(
    {
      providers: {
        openai: { kind: 'openai', baseUrl: `${url}/v1`, apiKey: { env: 'OPENAI' } },
        anthropic: { kind: 'anthropic', baseUrl: url, apiKey: { env: 'ANTHROPIC' } },
        gemini: { kind: 'google', baseUrl: url, apiKey: { env: 'GEMINI' } },
        bedrock: {
          kind: 'bedrock',
          baseUrl: url,
          region: bedrock.region,
          accessKeyId: { env: 'AWS_ID' },
          secretAccessKey: { env: 'AWS_SECRET' },
        },
        compatible: { kind: 'openai-compatible', baseUrl: `${url}/v1`, apiKey: { env: 'OPENAI' } },
      },
    },
    {
      OPENAI: openai.apiKey,
      ANTHROPIC: anthropic.apiKey,
      GEMINI: gemini.apiKey,
      AWS_ID: bedrock.accessKeyId,
      AWS_SECRET: bedrock.secretAccessKey,
    },
  );
  return {
    simulator,
    gateway,
    lastBody: recorder.lastBody,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await recorder.close();
      await simulator.close();
    },
  };
}

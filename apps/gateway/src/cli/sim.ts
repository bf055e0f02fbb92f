import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SIMULATOR_MODELS, TEST_CREDENTIALS, parseScenario, startSimulator } from '@sluice/simulator';
import type { Scenario, Simulator } from '@sluice/simulator';
import { UsageError } from './command.js';
import type { Command, CommandCall, ExitCode, SignalSource } from './command.js';
import { explainListenFailure } from './listen-failure.js';
import { table } from './usage.js';

const DEFAULTS = { host: '127.0.0.1', port: 4010, seed: 1 };

/** `sluice sim`: the stand-in for providers as a server, until it is told to stop. */
export const simCommand: Command = {
  name: 'sim',
  positionals: [],
  options: {
    host: { value: 'HOST', summary: `Address to listen on (${DEFAULTS.host})` },
    port: { value: 'PORT', summary: `Port to listen on, 0 for any free one (${DEFAULTS.port})` },
    seed: { value: 'N', summary: `Equal seeds give equal answers (${DEFAULTS.seed})` },
    faults: { value: 'FILE', summary: 'A fault script and scripted conversations, in JSON' },
  },
  summary: 'Stand in for OpenAI, Anthropic, Gemini, Bedrock and Cohere',
  async run(call) {
    const { host = DEFAULTS.host, faults: file } = call.options;
    const port = readNumber(call, 'port', 65_535);
    const seed = readNumber(call, 'seed', Number.MAX_SAFE_INTEGER);
    const scenario = file === undefined ? {} : await readScenario(resolve(call.context.cwd, file));
    const options = { host, port, seed, ...scenario, checkKeys: true };
    const simulator = await startSimulator(options).catch((cause: unknown) => {
      throw explainListenFailure(cause, { host, port });
    });
    return serve(simulator, call);
  },
};

function readNumber({ options }: CommandCall, name: 'port' | 'seed', max: number): number {
  const text = options[name];
  if (text === undefined) return DEFAULTS[name];
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) throw new UsageError(`--${name} is no number from 0 to ${max}`);
  return value;
}

async function readScenario(path: string): Promise<Scenario> {
  const text = await readFile(path, 'utf8');
  try {
    return parseScenario(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function serve(simulator: Simulator, call: CommandCall): Promise<ExitCode> {
  // Listens for signals first: who reads the last line may send one at once.
  const stopped = untilSignal(call.context.signals);
  announce(simulator.url, call);
  await stopped;
  await simulator.close();
  return 0;
}

function untilSignal(signals: SignalSource): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      signals.off('SIGTERM', stop);
      signals.off('SIGINT', stop);
      resolve();
    };
    signals.on('SIGTERM', stop);
    signals.on('SIGINT', stop);
  });
}

/** What each vendor's SDK is given to find the stand-in, by the variables that it reads. */
function toVariables(url: string): Readonly<Record<string, Record<string, string>>> {
  const known = TEST_CREDENTIALS;
  const { region, accessKeyId, secretAccessKey, apiKey } = known.bedrock;
  return {
    openai: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: known.openai.apiKey },
    anthropic: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: known.anthropic.apiKey },
    gemini: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: known.gemini.apiKey },
    bedrock: {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_BEARER_TOKEN_BEDROCK: apiKey,
    },
    cohere: { CO_API_URL: url, CO_API_KEY: known.cohere.apiKey },
  };
}

/** The screen for people, then the line that scripts wait for; with `--json` both in one line. */
function announce(url: string, { context, json }: CommandCall): void {
  const callable = url.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]');
  const variables = toVariables(callable);
  const msg = `listening on ${url}`;
  const models = SIMULATOR_MODELS.map(({ id }) => id);
  if (json) return void context.stdout.write(`${JSON.stringify({ msg, url: callable, variables, models })}\n`);
  const rows = Object.entries(variables).flatMap(([vendor, named]) =>
    Object.entries(named).map(([name, value], index) => [index === 0 ? vendor : '', `${name}=${value}`]),
  );
  const forms = SIMULATOR_MODELS.map(({ form, description }) => [form, description]);
  const lines = [
    'A stand-in for providers. Give an SDK of theirs:',
    '',
    ...table(rows),
    '',
    "Models, beside the vendors' own names:",
    '',
    ...table(forms),
    '',
    `Faults and scripts: PUT ${callable}/sim/v1/faults, ${callable}/sim/v1/scripts`,
    '',
    msg,
    '',
  ];
  context.stdout.write(lines.join('\n'));
}

import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { ChatResult, ProviderDefinition } from '@sluice/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const PACKAGES = new URL('../../../../packages/providers/', import.meta.url);
const QUESTION = [{ role: 'user' as const, content: 'Hi.' }];

/** What kinds ask for beside an address; the first that a kind takes is used. None has a key, so that no token is asked for. */
const SETTINGS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { projectId: 'p' },
  { region: 'us-east-1', accessKeyId: { env: 'UPSTREAM_KEY' }, secretAccessKey: { env: 'UPSTREAM_KEY' } },
];

interface ProviderSettings {
  readonly kind: string;
  readonly [setting: string]: unknown;
}

/** How a vendor's stream is announced, by the kind of file that holds it. */
const TYPES: Readonly<Record<string, string>> = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  bin: 'application/vnd.amazon.eventstream',
};

/** What a kind's package recorded as `chat-text`. */
function readRecording(kind: string) {
  const at = (file: string): URL => new URL(`${kind}/src/__fixtures__/chat-text.${file}`, PACKAGES);
  const has = (file: string): boolean => existsSync(at(file));
  if (!has('result.json')) return undefined;
  const parsed = (file: string): unknown => JSON.parse(readFileSync(at(file), 'utf8'));
  const named = parsed(has('target.json') ? 'target.json' : 'upstream.json') as { readonly model?: string };
  const framing = Object.keys(TYPES).find(has);
  return {
    model: named.model ?? 'suite-model',
    result: parsed('result.json') as ChatResult,
    plain: { type: 'application/json', body: readFileSync(at('response.json')) },
    stream: framing === undefined ? undefined : { type: TYPES[framing] ?? '', body: readFileSync(at(framing)) },
  };
}

function settingsOf({ kind, settings }: ProviderDefinition, baseUrl: string): ProviderSettings {
  const candidates = SETTINGS.map((fields) => ({ kind, baseUrl, ...fields }));
  const taken = candidates.find((candidate) => settings.safeParse(candidate).success);
  if (!taken)
    throw new Error(`Kind "${kind}" takes none of SETTINGS in ${import.meta.filename}: add what it asks for.`);
  return taken;
}

interface Answer {
  readonly content: readonly (Readonly<{ type: 'text'; text: string }> | { readonly type: string })[];
}
const textOf = ({ content }: Answer): string =>
  content.map((part) => ('text' in part && part.type === 'text' ? part.text : '')).join('');

/** Vertex AI is told by the machine or by a file who it is; vertex.integration.test.ts has one. */
const KINDS = PROVIDER_DEFINITIONS.filter(({ kind }) => !['vertex', 'sim'].includes(kind));

describe.for(KINDS.map((definition) => [definition.kind, definition] as const))('%s', ([kind, definition]) => {
  const recording = readRecording(kind);
  let answer: { readonly type: string; readonly body: Buffer } = { type: 'text/plain', body: Buffer.from('') };
  const vendor = createServer((request, response) => {
    request.resume();
    // Lists of models are asked for with GET: here there is none.
    if (request.method === 'GET') response.writeHead(404).end();
    else request.on('end', () => response.writeHead(200, { 'content-type': answer.type }).end(answer.body));
  });
  let gateway: TestGateway;

  beforeAll(async () => {
    await new Promise<void>((resolve) => void vendor.listen(0, '127.0.0.1', resolve));
    const { port } = vendor.address() as AddressInfo;
    gateway = await startGateway({ providers: { p: settingsOf(definition, `http://127.0.0.1:${port}`) } });
  });
  afterAll(async () => {
    await gateway.close();
    await new Promise((resolve) => vendor.close(resolve));
  });

  it('has recorded chat-text', () => expect(recording).toBeDefined());
  if (!recording) return;
  const { model, result, plain, stream } = recording;
  const asked = { model: `p/${model}`, messages: QUESTION };

  it('gives its recorded answer to clients of OpenAI and of Anthropic', async () => {
    answer = plain;
    const { choices, usage } = await gateway.openai.chat.completions.create(asked);
    const { content } = await gateway.anthropic.messages.create({ ...asked, max_tokens: 50 });
    expect(choices[0]?.message.content).toBe(textOf(result));
    expect(usage).toMatchObject({ prompt_tokens: result.usage?.inputTokens });
    expect(textOf({ content })).toBe(textOf(result));
  });

  if (!stream) return;
  it('gives its recorded stream to clients of OpenAI and of Anthropic', async () => {
    answer = stream;
    const { choices } = await gateway.openai.chat.completions.stream(asked).finalChatCompletion();
    const { content, usage } = await gateway.anthropic.messages.stream({ ...asked, max_tokens: 50 }).finalMessage();
    expect(choices[0]?.message.content).toBe(textOf(result));
    expect(textOf({ content })).toBe(textOf(result));
    expect(usage.output_tokens).toBe(result.usage?.outputTokens);
  });
});

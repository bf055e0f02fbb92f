import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { onTestFinished } from 'vitest';
import type { GatewayConfig } from '../../gateway.js';
import { startGateway } from './gateway.js';
import type { TestGateway } from './gateway.js';
import { assertInvariants } from './invariants.js';

export const MODELS = reply().json({ data: [] });
export const SECRET = 'sk-abcdefgh1234';

export function completion(content: string, more: object = {}): Reply {
  const message = { role: 'assistant', content };
  return reply().json({
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message, finish_reason: 'stop', ...more }],
    usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  });
}

export function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
}
export const END = [chunk({}, 'stop'), 'data: [DONE]\n\n'];

export function spoken(...pieces: readonly string[]): Reply {
  return reply().sse([...pieces.map((content) => chunk({ role: 'assistant', content })), ...END]);
}

export interface Setup {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
  /** What reached the provider, past the first question for its models. */
  asked(): readonly string[];
}

export async function setUp(script: Reply, config: GatewayConfig): Promise<Setup> {
  const upstream = await fakeUpstream(MODELS, script);
  const up = { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, ...config.providers?.['up'] };
  const gateway = await startGateway(
    { ...config, providers: { ...config.providers, up } },
    { UPSTREAM_KEY: 'sk-upstream', HOOK: SECRET.repeat(2) },
  );
  await upstream.received(1);
  onTestFinished(async () => {
    try {
      await assertInvariants({ gateway, upstreams: [upstream] });
    } finally {
      await gateway.close();
      await upstream.close();
    }
  });
  return { gateway, upstream, asked: () => upstream.requests.slice(1).map(({ body }) => body.toString()) };
}

export const CHAT = '/v1/chat/completions';
export const chat = (content: string, more: object = {}) => ({
  model: 'up/m',
  messages: [{ role: 'user', content }],
  ...more,
});
export const textOf = async (answer: Response): Promise<string> => {
  const { choices } = (await answer.json()) as {
    readonly choices: readonly { readonly message: { readonly content: string } }[];
  };
  return choices[0]?.message.content ?? '';
};
/** The text of a stream, in the pieces in which it came. */
export const piecesOf = (stream: string): readonly string[] =>
  [...stream.matchAll(/"content":("(?:[^"\\]|\\.)+")/g)].map(([, piece = '""']) => JSON.parse(piece) as string);


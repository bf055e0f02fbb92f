import { randomBytes } from 'node:crypto';
import { NONCE, fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import type { GatewayConfig } from '../../gateway.js';
import { startGateway } from './gateway.js';
import type { TestGateway } from './gateway.js';
import { assertInvariants } from './invariants.js';
import type { Answered } from './invariants.js';

type AliasInput = NonNullable<GatewayConfig['models']>[string];

/** What it is disposed of with: the invariants that hold after every fault. */
export interface UpstreamSet extends AsyncDisposable {
  readonly gateway: TestGateway;
  /** By the provider's name. */
  readonly upstreams: Readonly<Record<string, FakeUpstream>>;
  /** Calls of that upstream, without those for its list of models. */
  calls(name: string): number;
  /** One question to the alias `fast`, or to `model`. */
  ask(more?: Readonly<Record<string, unknown>>): Promise<Response>;
}

export interface UpstreamSetInit {
  /** Each upstream's answers, by the provider's name; the last one repeats. */
  readonly replies: Readonly<Record<string, readonly [Reply, ...Reply[]]>>;
  /** What the alias `fast` says besides its targets, which are model `m` at each of the upstreams. */
  readonly alias?: Partial<AliasInput>;
  readonly provider?: Readonly<Record<string, unknown>>;
  readonly config?: GatewayConfig;
  /** Tries that one request may take, where that is more than the default. */
  readonly maxAttempts?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Looked for in everything that the gateway writes. */
const PROVIDER_KEY = { PROVIDER_KEY: 'sk-provider-canary-7f3d9b21c8e4' };

/** A whole answer in the words of OpenAI's API. */
export function answerOf(text: string): object {
  return {
    id: `chatcmpl-${NONCE}`,
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  };
}

/** An upstream that gives this answer. */
export function saying(text: string): Reply {
  return reply().json(answerOf(text));
}

/** An alias over upstreams that each have a script of their own, behind a gateway with a socket. */
export async function upstreamSet(init: UpstreamSetInit): Promise<UpstreamSet> {
  const upstreams: Record<string, FakeUpstream> = {};
  // The first thing that a gateway asks a provider is which models it has.
  for (const [name, replies] of Object.entries(init.replies))
    upstreams[name] = await fakeUpstream(reply().json({ data: [] }), ...replies);
  const gateway = await startGateway(configOf(init, upstreams), init.env ?? PROVIDER_KEY);
  const all = Object.values(upstreams);
  await Promise.all(all.map((upstream) => upstream.received(1)));
  const answers: Promise<Answered>[] = [];
  return {
    gateway,
    upstreams,
    calls: (name) => (upstreams[name]?.requests.length ?? 0) - 1,
    async ask(more) {
      const nonce = `nonce-${randomBytes(6).toString('hex')}`;
      const answer = await gateway.call('/v1/chat/completions', {
        model: 'fast',
        messages: [{ role: 'user', content: `Hello ${nonce}` }],
        ...more,
      });
      const text = answer.clone().text();
      answers.push(text.catch(() => '').then((whole) => ({ nonce, text: whole })));
      return answer;
    },
    async [Symbol.asyncDispose]() {
      try {
        const { maxAttempts = 3 } = init;
        await assertInvariants({ gateway, upstreams: all, answers: await Promise.all(answers), maxAttempts });
      } finally {
        await gateway.close();
        await Promise.all(all.map((upstream) => upstream.close()));
      }
    },
  };
}

function configOf(
  { alias, provider, config }: UpstreamSetInit,
  upstreams: Readonly<Record<string, FakeUpstream>>,
): GatewayConfig {
  const common = { kind: 'openai-compatible', ...(provider ?? { apiKey: { env: 'PROVIDER_KEY' } }) };
  const providers = Object.entries(upstreams).map(([name, { url }]) => [name, { ...common, baseUrl: `${url}/v1` }]);
  const targets = Object.keys(upstreams).map((name) => ({ provider: name, model: 'm' }));
  return {
    ...config,
    providers: Object.fromEntries(providers) as NonNullable<GatewayConfig['providers']>,
    models: { fast: { targets, ...alias } },
  };
}

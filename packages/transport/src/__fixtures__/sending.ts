import type { Clock, GatewayError, UpstreamRequest, UpstreamResponse } from '@sluice/contract';
import type { FakeUpstream } from '@sluice/testkit';
import { createTransport } from '../transport.js';
import type { PooledTransport, TransportSettings } from '../transport.js';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export type DisposableTransport = PooledTransport & AsyncDisposable;

/** A transport that is closed with the test's scope. */
export function openTransport(settings: Partial<TransportSettings> = {}): DisposableTransport {
  const transport = createTransport({ clock, ...settings });
  return { ...transport, [Symbol.asyncDispose]: () => transport.close() };
}

export interface SendWish {
  readonly request?: Partial<UpstreamRequest>;
  readonly signal?: AbortSignal;
}

/** Posts to an upstream with a transport. */
export function post(
  transport: PooledTransport,
  upstream: Pick<FakeUpstream, 'url'>,
  { request = {}, signal = new AbortController().signal }: SendWish = {},
): Promise<UpstreamResponse> {
  const whole = { method: 'POST', url: new URL('/v1/chat', upstream.url), headers: {}, body: '{}', ...request } as const;
  return transport.send(whole, { connectTimeoutMs: 1_000 }, signal);
}

/** The whole answer as text. */
export async function text({ body }: UpstreamResponse, maxBytes = 1_000_000): Promise<string> {
  return Buffer.from(await body.bytes(maxBytes)).toString();
}

/** The code of an error of the table; anything else as it is. */
export async function codeOf(failing: Promise<unknown>): Promise<unknown> {
  try {
    return await failing;
  } catch (cause) {
    return (cause as Partial<GatewayError>).code ?? cause;
  }
}

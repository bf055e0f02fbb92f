import { gatewayError } from '@sluice/contract';
import type { Clock, Transport } from '@sluice/contract';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 262_144;

/** What the library asks for: a method, headers and a form, and no redirects. */
export interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Asks over the gateway's own transport: with its checks of addresses, in bounded time and bytes, following nothing. */
export function createTransportFetch(transport: Transport, clock: Clock) {
  return async (url: string, { method, headers, body }: Asked): Promise<Response> => {
    const controller = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => controller.abort(gatewayError('upstream_timeout')));
    try {
      const form = body instanceof URLSearchParams ? { body: body.toString() } : {};
      const request = { method: method === 'POST' ? 'POST' : 'GET', url: new URL(url), headers, ...form } as const;
      const answer = await transport.send(request, { connectTimeoutMs: TIMEOUT_MS }, controller.signal);
      const text = await answer.body.bytes(MAX_BYTES);
      return new Response(text.slice(), { status: answer.head.status, headers: { ...answer.head.headers } });
    } finally {
      cancel();
    }
  };
}

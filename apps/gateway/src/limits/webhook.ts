import type { Clock, Transport } from '@sluice/contract';

export interface WebhookDeps {
  readonly transport: Pick<Transport, 'send'>;
  readonly clock: Clock;
  readonly onError: (cause: unknown) => void;
}

const CONNECT_MS = 2_000;
const TOTAL_MS = 10_000;
/** Further tries, after so long each. */
const AGAIN_AFTER_MS = [1_000, 10_000] as const;
const MAX_ANSWER_BYTES = 65_536;

/** Sends JSON to an address of the operator's file, a few times where it fails. Never rejects, and nobody waits for it. */
export async function sendWebhook(url: string, payload: object, deps: WebhookDeps): Promise<void> {
  const body = JSON.stringify(payload);
  for (const waitMs of [0, ...AGAIN_AFTER_MS]) {
    if (waitMs > 0) await new Promise<void>((resolve) => deps.clock.after(waitMs, resolve));
    try {
      return await post(new URL(url), body, deps);
    } catch (cause) {
      if (waitMs === AGAIN_AFTER_MS.at(-1)) deps.onError(cause);
    }
  }
}

async function post(url: URL, body: string, { transport, clock }: WebhookDeps): Promise<void> {
  const deadline = new AbortController();
  const cancel = clock.after(TOTAL_MS, () => deadline.abort(new Error('The webhook did not answer in time.')));
  try {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', url, headers, body } as const;
    const { head, body: answer } = await transport.send(request, { connectTimeoutMs: CONNECT_MS }, deadline.signal);
    await answer.bytes(MAX_ANSWER_BYTES);
    if (head.status >= 300) throw new Error(`The webhook answered ${head.status}.`);
  } finally {
    cancel();
  }
}

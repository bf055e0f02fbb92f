import { fakeUpstream, reply, timed } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { codeOf, openTransport } from './__fixtures__/sending.js';

it.each([120, 700, 1_300])(
  'a connection that does not come about in %d ms is given up then',
  async (connectTimeoutMs) => {
    await using upstream = await fakeUpstream(reply().silence());
    await using transport = openTransport();
    const request = { method: 'POST', url: new URL(upstream.url.replace('http', 'https')), headers: {} } as const;
    const {
      value: code,
      tookMs,
      busyMs,
    } = await timed(() => codeOf(transport.send(request, { connectTimeoutMs }, new AbortController().signal)));
    expect([code, tookMs + busyMs > connectTimeoutMs - 5, tookMs < connectTimeoutMs + 60]).toEqual([
      'upstream_timeout',
      true,
      true,
    ]);
    expect(await upstream.closedWithin(20_000)).toBe(true);
  },
);

import { setImmediate } from 'node:timers/promises';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { codeOf, openTransport, post, text } from './__fixtures__/sending.js';
import type { DisposableTransport } from './__fixtures__/sending.js';

const ENDS: readonly (readonly [string, Reply])[] = [
  ['reset', reply().reset()],
  ['closed', reply().close()],
];

/** Asks once; then the connection is there, and idle. */
async function warmUp(transport: DisposableTransport, upstream: FakeUpstream): Promise<string> {
  const answer = await text(await post(transport, upstream));
  await setImmediate();
  return answer;
}

describe.each(ENDS)('a kept connection that is %s under a request', (_, end) => {
  it('is replaced by a new one, on which the same bytes go out again', async () => {
    await using upstream = await fakeUpstream(reply().body('one'), end, reply().body('two'));
    await using transport = openTransport();
    const answers = [await warmUp(transport, upstream), await text(await post(transport, upstream))];
    expect(answers).toEqual(['one', 'two']);
    const [, first, again] = upstream.requests;
    expect(again?.body).toEqual(first?.body);
    expect(upstream.acceptedConnections).toBe(2);
    // The new one was for that request alone.
    expect(await upstream.closedWithin(2_000)).toBe(true);
  });

  it('is replaced once: when the new one ends as well, the provider has failed', async () => {
    await using upstream = await fakeUpstream(reply().body('one'), end, end, reply().body('never'));
    await using transport = openTransport();
    await warmUp(transport, upstream);
    expect(await codeOf(post(transport, upstream))).toBe('upstream_connection_error');
    expect(upstream.requests).toHaveLength(3);
  });

  it('is not replaced when it was opened for the request', async () => {
    await using upstream = await fakeUpstream(end, reply().body('never'));
    await using transport = openTransport();
    expect(await codeOf(post(transport, upstream))).toBe('upstream_connection_error');
    expect(upstream.requests).toHaveLength(1);
  });

  it('is not replaced once the answer has begun', async () => {
    await using upstream = await fakeUpstream(
      reply().body('one'),
      reply().raw('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf').reset(),
      reply().body('never'),
    );
    await using transport = openTransport();
    await warmUp(transport, upstream);
    expect(await codeOf(post(transport, upstream).then((response) => text(response)))).toBe('upstream_truncated');
    expect(upstream.requests).toHaveLength(2);
  });
});

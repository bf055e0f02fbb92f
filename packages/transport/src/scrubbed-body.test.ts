import { createManualClock, fakeUpstream, reply } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createTransport } from './transport.js';

const scrub = (text: string): string => text.replaceAll('secret', '***');

async function bodyOf(status: number, body: string | Uint8Array): Promise<{ whole: Buffer; read: Buffer }> {
  const upstream = await fakeUpstream(reply().status(status).body(body));
  const transport = createTransport({ clock: createManualClock(), scrub });
  onTestFinished(async () => {
    await transport.close();
    await upstream.close();
  });
  const send = async () =>
    transport.send(
      { method: 'POST', url: new URL(upstream.url), headers: {}, body: '' },
      { connectTimeoutMs: 1_000 },
      AbortSignal.timeout(5_000),
    );
  const whole = Buffer.from(await (await send()).body.bytes(1_000));
  const read: Uint8Array[] = [];
  for await (const bytes of (await send()).body) read.push(bytes);
  return { whole, read: Buffer.concat(read) };
}

it('takes secrets out of an answer that says no, however it is read', async () => {
  const { whole, read } = await bodyOf(401, 'your secret is wrong');
  expect([whole.toString(), read.toString()]).toEqual(['your *** is wrong', 'your *** is wrong']);
});

it('leaves every other byte as it was', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
  const { whole, read } = await bodyOf(500, bytes);
  expect([whole.equals(bytes), read.equals(bytes)]).toEqual([true, true]);
});

it('does not look at an answer that is fine', async () => {
  expect((await bodyOf(200, 'no secret')).whole.toString()).toBe('no secret');
});

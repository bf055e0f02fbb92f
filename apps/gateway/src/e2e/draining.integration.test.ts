import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const CHAT = { model: 'sim/echo', messages: [{ role: 'user', content: 'Hello' }] };

describe('a gateway that is told to drain', () => {
  it('says that it is not ready, and serves on for a while, when somebody used it of late', async () => {
    await using gateway = await startGateway();
    const drained = gateway.drain();
    const ready = await gateway.call('/health/ready');
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    await ready.text();
    const answer = await gateway.call('/v1/chat/completions', CHAT);
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
    await drained;
    await expect(gateway.call('/v1/chat/completions', CHAT)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('closes the connection of a call that began before', async () => {
    await using gateway = await startGateway();
    const answer = gateway.call('/v1/chat/completions', { ...CHAT, model: 'sim/slow-300' });
    await expect.poll(async () => (await gateway.rows()).length).toBe(1);
    const drained = gateway.drain();
    expect((await answer).headers.get('connection')).toBe('close');
    await (await answer).text();
    await drained;
  });

  it('has drained only when what is in flight has ended', async () => {
    await using gateway = await startGateway();
    const stream = await gateway.openai.chat.completions.create({
      model: 'sim/stall-3',
      messages: [{ role: 'user', content: 'Hello there' }],
      stream: true,
    });
    let isDrained = false;
    const drained = gateway.drain().then(() => (isDrained = true));
    const isRefused = (): Promise<boolean> =>
      gateway.call('/health/live').then(
        () => false,
        () => true,
      );
    await expect.poll(isRefused).toBe(true);
    expect(isDrained).toBe(false);
    stream.controller.abort();
    await drained;
  });
});

import { reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { readAll } from './__fixtures__/clients.js';
import { gatewayTo, PAIRS } from './__fixtures__/upstreams.js';

const CUTS: readonly (readonly [name: string, cut: (whole: Reply) => Reply])[] = [
  ['is reset (F26)', (opened) => opened.reset()],
  ['ends in the middle of its body', (opened) => opened.close()],
  ['ends in good order, but says nothing of its end (F28)', (opened) => opened],
];

describe.each(PAIRS)('the $sdk SDK at an $kind upstream', (pair) => {
  const { frames, ApiError, path } = pair;

  it('gets a whole answer where the upstream gives one', async () => {
    await using setup = await gatewayTo(pair, reply().sse([...frames.opening, ...frames.ending]));
    const read = await readAll(await pair.stream(setup.gateway, 'up/m'));
    expect(read).toEqual({ text: 'Hello there' });
    expect(await setup.gateway.rows()).toMatchObject([
      { state: 'settled', status: 200, errorCode: null, inputTokens: 3, outputTokens: 2, usageSource: 'provider' },
    ]);
  });

  describe.each(CUTS)('whose stream %s', (_name, cut) => {
    it('raises its own error after what came whole', async () => {
      await using setup = await gatewayTo(pair, cut(reply().sse(frames.opening)));
      const { text, error } = await readAll(await pair.stream(setup.gateway, 'up/m'));
      expect(text).toBe('Hello there');
      expect(error).toBeInstanceOf(ApiError);
      expect(JSON.stringify(error)).toContain('upstream_truncated');
    });

    it('reads exactly one error and no end', async () => {
      await using setup = await gatewayTo(pair, cut(reply().sse(frames.opening)));
      const body = { model: 'up/m', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hello' }] };
      const stream = await (await setup.gateway.call(path, body)).text();
      expect([pair.countErrors(stream), pair.isWhole(stream)]).toEqual([1, false]);
    });

    it('leaves one settled row that says what happened', async () => {
      await using setup = await gatewayTo(pair, cut(reply().sse(frames.opening)));
      await readAll(await pair.stream(setup.gateway, 'up/m'));
      expect(await setup.gateway.rows()).toMatchObject([
        { state: 'settled', errorCode: 'upstream_truncated', provider: 'up', attempts: [{ provider: 'up' }] },
      ]);
    });
  });

  it('does not see a cut before the first content as a stream', async () => {
    await using setup = await gatewayTo(pair, reply().sse(frames.opening.slice(0, 1)).reset());
    const error: unknown = await pair.stream(setup.gateway, 'up/m').catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 502 });
  });

  it('raises the cut of a plain answer (F20)', async () => {
    await using setup = await gatewayTo(pair, reply().headers({ 'content-length': '500' }).body('{"id":').close());
    const error: unknown = await pair.plain(setup.gateway, 'up/m').catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 502 });
  });
});

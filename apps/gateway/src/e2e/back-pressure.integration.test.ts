import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { callUnread, startFlood } from './__fixtures__/flood.js';
import type { FloodScript } from './__fixtures__/flood.js';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { startGateway } from './__fixtures__/gateway.js';
import { OPENAI_WIRE, providerAt } from './__fixtures__/upstreams.js';

const MIB = 1_048_576;
const OFFERED = 64 * MIB;
/** Two hops of socket buffers, at the most that this kind of machine gives them. */
const BUFFERS = 20 * MIB;

const [opening = '', hello = '', there = ''] = OPENAI_STREAM.opening;
const WORDS = 'words '.repeat(10_000);
const piece = there.replace(' there', WORDS);
const flood: FloodScript = {
  opening: opening + hello,
  piece,
  count: Math.ceil(OFFERED / piece.length),
  ending: OPENAI_STREAM.ending.join(''),
};
const question = { model: 'up/m', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Go' }] };

describe('a caller that does not read', () => {
  it('pauses an upstream whose bytes pass through, and gets every one of them later', async () => {
    await using upstream = await startFlood(flood);
    await using gateway = await startGateway({ providers: providerAt(upstream.url, OPENAI_WIRE) });
    const asked = { ...question, stream_options: { include_usage: true } };
    const answer = await callUnread(gateway, '/v1/chat/completions', asked);
    expect(await upstream.stalled()).toBeLessThan(BUFFERS);
    const got = createHash('sha256');
    for await (const bytes of answer) got.update(bytes as Buffer);
    expect(got.digest('hex')).toBe(hashOf(flood));
  });

  it('pauses an upstream whose answer is translated, and gets all of its text later', async () => {
    await using upstream = await startFlood(flood);
    await using gateway = await startGateway({ providers: providerAt(upstream.url, OPENAI_WIRE) });
    const answer = await callUnread(gateway, '/v1/messages', question);
    expect(await upstream.stalled()).toBeLessThan(BUFFERS);
    let words = 0;
    let end = '';
    answer.setEncoding('latin1');
    for await (const text of answer as AsyncIterable<string>) {
      words += text.split('w').length - 1;
      end = (end + text).slice(-200);
    }
    expect(end).toContain('event: message_stop');
    expect(words).toBe(flood.count * 10_000);
  });
});

function hashOf({ opening: first, piece: each, count, ending }: FloodScript): string {
  const hash = createHash('sha256').update(first);
  for (let sent = 0; sent < count; sent += 1) hash.update(each);
  return hash.update(ending).digest('hex');
}

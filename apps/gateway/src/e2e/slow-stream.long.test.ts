import { reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { upstreamSet } from './__fixtures__/upstream-set.js';

const { opening, ending } = OPENAI_STREAM;
const [start = '', , token = ''] = opening;
const TOKENS = 40;

/** A token every 1.5 s for a minute, with a comment every second. */
function slowStream(): Reply {
  let script = reply().sse([start, token]);
  for (let sent = 1; sent < TOKENS; sent += 1) {
    script =
      sent % 2 === 1
        ? script.delay(1_000).sse(': ping\n\n').delay(500)
        : script.delay(500).sse(': ping\n\n').delay(1_000);
    script = script.sse(token);
  }
  return script.sse(ending);
}

it('a stream of a token every 1.5 s is whole after a minute, where 2 s between tokens are allowed (F10)', async () => {
  await using set = await upstreamSet({
    replies: { a: [slowStream()] },
    alias: { timeouts: { firstTokenMs: 2_000, idleMs: 2_000, totalMs: 120_000 } },
  });
  const text = await (await set.ask({ stream: true })).text();
  expect([text.split(' there').length - 1, text.endsWith('data: [DONE]\n\n')]).toEqual([TOKENS, true]);
});

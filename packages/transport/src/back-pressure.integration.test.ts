import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openTransport, post } from './__fixtures__/sending.js';
import { mostHeld } from './__fixtures__/slow-reads.js';

const PIECE = Buffer.alloc(65_536, 'x');
/** The kernel alone takes several MiB of a connection on loopback: a smaller answer would never feel a slow reader. */
const TOTAL_BYTES = 67_108_864;

/** Below a socket's mark, and what TLS makes of one read of 64 KiB; twice, for what stays when the provider is paused. */
const HELD_BYTES = 2 * (16_384 + 65_536);

async function writeAll(res: ServerResponse, wrote: (bytes: number) => void): Promise<void> {
  for (let sent = 0; sent < TOTAL_BYTES && !res.destroyed; sent += PIECE.length) {
    if (!res.write(PIECE)) await once(res, 'drain').catch(() => {});
    wrote(PIECE.length);
  }
  res.end();
}

/** Resolves once the count has stood still for a while. */
async function untilStill(count: () => number): Promise<number> {
  for (let before = -1; before !== count();) {
    before = count();
    await sleep(300);
  }
  return count();
}

it('stops the provider while nobody reads, and lets it go on afterwards', async () => {
  let written = 0;
  const server = createServer((_, res) => void writeAll(res, (bytes) => (written += bytes)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await using transport = openTransport();

  const { body } = await post(transport, { url: `http://127.0.0.1:${port}` });
  const stoppedAt = await untilStill(() => written);
  expect(stoppedAt).toBeLessThan(TOTAL_BYTES / 2);

  let read = 0;
  let largest = 0;
  for await (const bytes of body) {
    read += bytes.length;
    largest = Math.max(largest, bytes.length);
  }
  expect(read).toBe(TOTAL_BYTES);
  expect(largest).toBeLessThan(1_048_576);
  server.close();
});

it.each([
  { secure: false, pieceBytes: 600 },
  { secure: false, pieceBytes: 12_000 },
  { secure: true, pieceBytes: 600 },
  { secure: true, pieceBytes: 12_000 },
])('reads no further ahead of a slow reader than one read of the socket: %j', async (upstream) => {
  expect(await mostHeld({ ...upstream, reads: 150 })).toBeLessThan(HELD_BYTES);
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const gateway = await startGateway({ server: { bodyLimitBytes: 100_000 } });
afterAll(() => gateway.close());
const port = Number(new URL(gateway.url).port);
const CHAT = JSON.stringify({ model: 'sim/echo', messages: [{ role: 'user', content: 'Hello' }] });

interface Told {
  readonly status: number;
  readonly text: string;
  /** Bytes of the request that could be written before the gateway hung up. */
  readonly sent: number;
}

/** Sends bytes as they are, and more of them while the socket takes any, and reads until the other side hangs up. */
async function tell(head: string, filler = ''): Promise<Told> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.write(head);
  const pour = (): void => {
    while (filler !== '' && !socket.destroyed && socket.bytesWritten < 50_000_000 && socket.write(filler));
  };
  socket.on('drain', pour);
  pour();
  await once(socket, 'end');
  const sent = socket.bytesWritten;
  socket.destroy();
  return { status: Number(text.slice(9, 12)), text, sent };
}

const post = (headers: readonly string[], target = '/v1/chat/completions'): string =>
  [`POST ${target} HTTP/1.1`, 'host: x', 'content-type: application/json', ...headers, '', ''].join('\r\n');
const key = `authorization: Bearer ${gateway.key}`;

describe('a body that is not read', () => {
  it.each([
    ['larger than allowed, by its announcement', [key, 'content-length: 50000000'], 413],
    ['without a key', ['content-length: 50000000'], 401],
    ['without a key and without a length', ['transfer-encoding: chunked'], 401],
  ])('costs the caller its connection but not its answer: %s', async (_, headers, status) => {
    const told = await tell(post(headers), 'ffff\r\n');
    expect(told.status).toBe(status);
    expect(told.text).toMatch(/^connection: close\r$/im);
    expect(told.text).toMatch(/"code":"(request_too_large|missing_api_key)"/);
    // What the kernel buffers on both sides of a loopback socket, and no more.
    expect(told.sent).toBeLessThan(20_000_000);
  });

  it('keeps the connection where little is left of it', async () => {
    const refused = `${post(['content-length: 2'])}{}`;
    const good = `${post([key, `content-length: ${CHAT.length}`, 'connection: close'])}${CHAT}`;
    const { text } = await tell(refused + good);
    expect([...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)).toEqual(['401', '200']);
  });
});

describe('a request head', () => {
  it.each([
    ['the good one first', [key, 'authorization: Bearer other']],
    ['the good one last', ['authorization: Bearer other', key]],
  ])('with two different credentials is refused, %s', async (_, headers) => {
    const told = await tell(`${post([...headers, `content-length: ${CHAT.length}`, 'connection: close'])}${CHAT}`);
    expect([told.status, told.text]).toEqual([401, expect.stringContaining('invalid_api_key')]);
  });

  it('that names its host in its target counts by its path', async () => {
    const head = post([key, `content-length: ${CHAT.length}`, 'connection: close'], 'http://x/v1/chat/completions');
    expect((await tell(head + CHAT)).status).toBe(200);
  });
});

it('leaves a line in the log for what is no route', async () => {
  await gateway.call('/nowhere', undefined, { headers: { 'x-request-id': 'lost-1' } });
  const lines = () => gateway.logLines().filter(({ clientRequestId }) => clientRequestId === 'lost-1');
  await expect.poll(lines).toEqual([expect.objectContaining({ status: 404, route: 'none', errorCode: 'unknown_url' })]);
});

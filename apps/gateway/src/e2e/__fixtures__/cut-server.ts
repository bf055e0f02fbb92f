import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A raw server whose every answer breaks off where the prompt of its request says: `cut=BYTES`. Its owner disposes of it. */
export interface CutServer extends AsyncDisposable {
  readonly url: string;
}

export interface CutAnswer {
  /** Head and body. */
  readonly answer: Buffer;
  /** The head comes whole; the bytes of a cut are those of the body. */
  readonly headBytes: number;
}

const NO_MODELS = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"data":[]}';

export async function cutServer({ answer, headBytes }: CutAnswer): Promise<CutServer> {
  const sockets = new Set<Socket>();
  const respond = (socket: Socket, request: string): void => {
    const cut = /cut=(\d+)/.exec(request)?.[1];
    if (cut === undefined) socket.write(NO_MODELS);
    else socket.end(answer.subarray(0, headBytes + Number(cut)));
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let request = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (read) => {
      request += read.toString('latin1');
      if (!isWhole(request)) return;
      respond(socket, request);
      request = '';
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(request)?.[1] ?? 0);
  return end >= 0 && request.length >= end + 4 + length;
}

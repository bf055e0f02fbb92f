import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** Stands between a client and a server on loopback, and does to their connections what networks do. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections that were taken. */
  readonly accepted: number;
  /** How much later every byte arrives, of the moment. */
  delayMs: () => number;
  /** How much later still the bytes of answers do. */
  answersDelayMs: number;
  /** How much each connection carries in each direction; without end unless said otherwise. */
  bytesPerMs: number;
  /** Which connections, counted from 1, are reset as soon as they carry something. */
  resets: (connection: number) => boolean;
  /** True: nothing is carried on any more, and nothing is closed. */
  isDead: boolean;
  /** Resets all that are open. */
  resetAll(): void;
}

export async function startFaultProxy(toPort: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const proxy = {
    delayMs: (): number => 0,
    answersDelayMs: 0,
    resets: (_: number): boolean => false,
    bytesPerMs: Number.POSITIVE_INFINITY,
    isDead: false,
    get accepted(): number {
      return accepted;
    },
  };
  const server = createServer((client) => {
    const connection = (accepted += 1);
    const upstream = connect(toPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    }
    carry(client, upstream, { isReset: () => proxy.resets(connection), delayMs: () => proxy.delayMs() });
    carry(upstream, client, { isReset: () => false, delayMs: () => proxy.delayMs() + proxy.answersDelayMs });
  });
  function carry(from: Socket, to: Socket, { isReset, delayMs }: Carrying): void {
    // Whatever their delays, pieces come in the order in which they went.
    const waiting: Buffer[] = [];
    const passFirst = (): void => void (to.destroyed || to.write(waiting.shift() as Buffer));
    from.on('data', (piece: Buffer) => {
      if (isReset()) return void [from, to].map((socket) => socket.resetAndDestroy());
      if (proxy.isDead) return;
      waiting.push(piece);
      if (proxy.bytesPerMs === Number.POSITIVE_INFINITY) return void setTimeout(passFirst, delayMs());
      from.pause();
      setTimeout(() => {
        passFirst();
        from.resume();
      }, piece.length / proxy.bytesPerMs);
    });
    from.once('close', () => proxy.isDead || to.destroy());
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return Object.assign(proxy, {
    port: (server.address() as AddressInfo).port,
    resetAll: reset,
    async [Symbol.asyncDispose]() {
      reset();
      server.close();
    },
  });
}

interface Carrying {
  readonly isReset: () => boolean;
  readonly delayMs: () => number;
}

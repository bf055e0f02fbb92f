import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Of each connection, the answers whose turn had not come when their request did. */
const behind = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Node 22 tells only the answer whose turn it is that the connection is gone. One that stands behind it would never hear of
 * it, and whoever waits for its end would wait for ever: it is destroyed and told here. Node 24 has told it by then.
 */
export function tellOfItsEnd({ socket }: IncomingMessage, res: ServerResponse): void {
  if (res.socket) return;
  const waiting = behind.get(socket) ?? hear(socket);
  waiting.add(res);
  res.once('close', () => waiting.delete(res));
}

function hear(socket: Socket): Set<ServerResponse> {
  const waiting = new Set<ServerResponse>();
  behind.set(socket, waiting);
  socket.once('close', () => {
    for (const res of waiting) if (!res.socket && !res.destroyed) end(res);
  });
  return waiting;
}

function end(res: ServerResponse): void {
  res.destroy();
  res.emit('close');
}

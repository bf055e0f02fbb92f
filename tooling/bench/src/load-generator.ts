import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.js';
import type { Timing } from './connection.js';

const CALM_GAP_MS = 2;
const CALM_CONNECTIONS = 16;

export interface Traffic {
  readonly port: number;
  readonly request: Buffer;
  readonly durationMs: number;
}

/** Keeps a request under way on each connection, and waits for the last ones. Their starts are spread. */
export async function runBusy(
  connections: readonly Connection[],
  { request, durationMs }: Pick<Traffic, 'request' | 'durationMs'>,
): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  const untilMs = performance.now() + durationMs;
  const spreadMs = Math.min(300, durationMs / 4) / connections.length;
  const loop = async (connection: Connection, index: number): Promise<void> => {
    await sleep(index * spreadMs);
    while (performance.now() < untilMs) timings.push(await connection.send(request));
  };
  await Promise.all(connections.map(loop));
  return timings;
}

/** Sends one request every two milliseconds however long answers take: latency with hardly any queue in it. */
export async function runCalm(traffic: Traffic): Promise<readonly Timing[]> {
  return withConnections(traffic.port, CALM_CONNECTIONS, async (connections) => {
    const timings: Timing[] = [];
    const free = [...connections];
    const sent: Promise<void>[] = [];
    const untilMs = performance.now() + traffic.durationMs;
    while (performance.now() < untilMs) {
      const connection = free.pop();
      if (connection) sent.push(sendOn(connection));
      await sleep(CALM_GAP_MS);
    }
    await Promise.all(sent);
    return timings;

    async function sendOn(connection: Connection): Promise<void> {
      timings.push(await connection.send(traffic.request));
      free.push(connection);
    }
  });
}

/** Its caller closes them. */
export function openConnections(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)));
}

async function withConnections<T>(
  port: number,
  count: number,
  use: (connections: readonly Connection[]) => Promise<T>,
): Promise<T> {
  const connections = await openConnections(port, count);
  try {
    return await use(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

import { Socket } from 'node:net';
import type { LookupFunction } from 'node:net';
import { gatewayError } from '@sluice/contract';
import type { Cancel, Clock } from '@sluice/contract';
import { buildConnector } from 'undici';

export interface ConnectorDeps {
  readonly clock: Clock;
  readonly lookup: LookupFunction;
}

/** As undici has it for TLS: bytes beyond that wait in the kernel, not here, while nobody reads. Its types leave it out. */
const SOCKET = { highWaterMark: 16_384 };
/**
 * Where every socket without TLS reads to, one after the other: what a read brings is copied, in its own size, before the
 * next. Node would take 64 KiB for each read of a few bytes, and a stream whose reader stalls keeps several reads. With TLS
 * they come in records of 16 KiB anyway.
 */
const READ = Buffer.allocUnsafeSlow(16_384);

/** undici's own timer, the second line, is this much behind: it may be most of a second early, or late. */
const BEHIND_MS = 2_000;

/** Opens connections, and gives up at the very time. */
export function createConnector(timeoutMs: number, { clock, lookup }: ConnectorDeps): buildConnector.connector {
  const settings = { ...SOCKET, timeout: timeoutMs + BEHIND_MS, allowH2: false, lookup };
  // One for all, for it remembers their sessions.
  const connectTls = buildConnector(settings);
  return (options, callback) => {
    const attempt: { isOver: boolean; cancel?: Cancel } = { isOver: false };
    const end = (): void => {
      attempt.isOver = true;
      attempt.cancel?.();
    };
    const keep = (bytes: number): boolean => (socket as Socket).push(Buffer.from(READ.subarray(0, bytes)));
    const plain = { ...settings, onread: { buffer: READ, callback: keep } };
    const connect = options.protocol === 'https:' ? connectTls : buildConnector(plain);
    // undici's types keep it to themselves that the socket is returned.
    const socket: unknown = connect(options, (...result) => {
      end();
      callback(...result);
    });
    if (!(socket instanceof Socket)) return;
    const giveUp = (): unknown => attempt.isOver || socket.destroy(tooLate());
    // What has arrived is read first: the timer may be late because the process was stopped.
    attempt.cancel = clock.after(timeoutMs, () => void setImmediate(giveUp));
    socket.once('close', end);
  };
}

function tooLate(): Error {
  return gatewayError('upstream_timeout', { message: 'The provider did not accept the connection in time.' });
}

import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What came back for bytes that were sent as they are. */
export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the gateway ended the connection, or announced to. */
  readonly closed: boolean;
  /** All answers on this connection, in turn. */
  readonly text: string;
}

const PATIENCE_MS = 20_000;

/** One connection to a gateway, over which bytes go as they are. */
export interface RawSocket extends Disposable {
  readonly socket: Socket;
  /** All that came back until now. */
  readonly soFar: string;
  send(bytes: string | Buffer): void;
  /** Resolves with the next answer that is whole, or with what there is when the connection ends. */
  answer(): Promise<RawAnswer>;
  /** Resolves with all that comes until the gateway hangs up. */
  rest(): Promise<string>;
}

export function openRaw(port: number): RawSocket {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let taken = 0;
  let ended = false;
  let wake: () => void = () => undefined;
  const changed = (): void => wake();
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    changed();
  });
  for (const event of ['end', 'close', 'error'])
    socket.on(event, () => {
      ended = true;
      changed();
    });
  const until = async (isDone: () => boolean): Promise<void> => {
    const deadline = setTimeout(() => socket.destroy(new Error('no answer in time')), PATIENCE_MS);
    while (!isDone() && !ended) await new Promise<void>((resolve) => (wake = resolve));
    clearTimeout(deadline);
  };
  return {
    socket,
    get soFar() {
      return text;
    },
    send: (bytes) => void socket.write(bytes, 'latin1'),
    async answer() {
      await until(() => wholeAnswer(text, taken) !== undefined);
      const end = wholeAnswer(text, taken) ?? text.length;
      const own = text.slice(taken, end);
      taken = end;
      const answer = readAnswer(own);
      return { ...answer, closed: ended || answer.closed, text };
    },
    async rest() {
      await until(() => false);
      return text;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Where the answer that begins at `from` ends; nothing while some of it is missing. Interim answers count to the next. */
function wholeAnswer(text: string, from: number): number | undefined {
  const headEnd = text.indexOf('\r\n\r\n', from);
  if (headEnd < 0) return undefined;
  const head = text.slice(from, headEnd);
  if (/^HTTP\/1\.1 1\d\d /.test(head)) return wholeAnswer(text, headEnd + 4);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (length === undefined) return /^transfer-encoding: chunked$/im.test(head) ? chunkedEnd(text, headEnd) : undefined;
  const end = headEnd + 4 + Number(length);
  return text.length >= end ? end : undefined;
}

function chunkedEnd(text: string, from: number): number | undefined {
  const last = text.indexOf('\r\n0\r\n\r\n', from);
  return last < 0 ? undefined : last + 7;
}

function readAnswer(text: string): Omit<RawAnswer, 'text'> {
  const begin = text.search(/HTTP\/1\.1 [2-5]/);
  const headEnd = text.indexOf('\r\n\r\n', Math.max(0, begin));
  const [line = '', ...fields] = begin < 0 ? [] : text.slice(begin, headEnd).split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
  );
  const closed = headers['connection'] === 'close';
  return { status: Number(line.slice(9, 12)), headers, body: headEnd < 0 ? '' : text.slice(headEnd + 4), closed };
}

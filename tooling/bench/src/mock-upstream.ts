// An upstream cheap enough to share two cores with what is measured: bytes made beforehand, on bare sockets.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import {
  chatAnswer,
  messageAnswer,
  messageStreamPieces,
  modelsAnswer,
  streamPieces,
  streamPiecesWithUsage,
} from './mock-answers.js';

const CHUNK_GAP_MS = 5;
/** A body's ends tell what is asked; the long prompt lies between them. */
const LOOK_AT_BYTES = 1_024;
const HEAD_END = '\r\n\r\n';

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

/** Reads requests off a connection, one at a time: no client here pipelines. */
function serve(socket: Socket): void {
  let received: Buffer[] = [];
  let missing = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    received.push(bytes);
    missing = received.length === 1 ? missingAfter(bytes) : missing - bytes.length;
    if (missing > 0) return;
    const request = received.length === 1 ? bytes : Buffer.concat(received);
    received = [];
    answer(socket, request);
  });
}

function missingAfter(first: Buffer): number {
  const headEnd = first.indexOf(HEAD_END);
  if (headEnd === -1) throw new Error('the head of a request came in pieces');
  const length = /\r\ncontent-length: *(\d+)/i.exec(first.toString('latin1', 0, headEnd + 2))?.[1] ?? '0';
  return headEnd + HEAD_END.length + Number(length) - first.length;
}

function answer(socket: Socket, request: Buffer): void {
  const head = request.toString('latin1', 0, LOOK_AT_BYTES);
  const asked = head + request.toString('latin1', Math.max(LOOK_AT_BYTES, request.length - LOOK_AT_BYTES));
  const isMessages = asked.startsWith('POST /v1/messages');
  if (asked.startsWith('GET ')) socket.write(modelsAnswer);
  else if (/"stream": ?true/.test(asked)) stream(socket, asked, isMessages ? messageStreamPieces : chunksFor(asked));
  else socket.write(isMessages ? messageAnswer : chatAnswer);
}

function chunksFor(asked: string): readonly Buffer[] {
  return /"include_usage": ?true/.test(asked) ? streamPiecesWithUsage : streamPieces;
}

function stream(socket: Socket, asked: string, pieces: readonly Buffer[]): void {
  if (!/"user(?:_id)?":"paced"/.test(asked)) {
    for (const piece of pieces) socket.write(piece);
    return;
  }
  let next = 0;
  const timer = setInterval(() => {
    const piece = pieces[next];
    next += 1;
    if (piece === undefined || socket.destroyed) clearInterval(timer);
    else socket.write(piece);
  }, CHUNK_GAP_MS);
}

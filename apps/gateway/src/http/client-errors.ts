import { IncomingMessage, STATUS_CODES, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gatewayError } from '@sluice/contract';
import { writeOpenAiError } from '@sluice/dialect-openai';
import type { Handler } from './http-guard.js';

/** Emitted by a socket whose request has taken too long; who is reading the body answers. */
export const REQUEST_TIMEOUT = 'sluice-request-timeout';

/** As Node would answer what its parser does not take. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** A request line whose method Node's parser does not know, at the very beginning of what came. */
const UNKNOWN_METHOD = /^([A-Z]{1,32}) (\/[\x21-\x7e]*) HTTP\/1\.[01]\r\n/;
/** One whose version is a version, but not of this protocol. */
const OTHER_VERSION = /^\S+ \S+ HTTP\/(?!1\.[01]\r)\d+\.\d+\r\n/;
/** More than any path of ours. */
const LINE_BYTES = 2_048;

interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/**
 * Ends a connection on which no request came to be: in words where it took too long or asks by a method that nobody
 * knows, with a bare status where nobody can tell what it was. A body that takes too long is answered by whoever waits for it.
 */
export function createClientErrorHandler(
  handle: Handler,
  onRefused: (status: number) => void,
): (cause: ParserError, socket: Socket) => void {
  const refuse = (status: number, socket: Socket): void => {
    onRefused(status);
    socket.write(refusal(status));
  };
  return (cause, socket) => {
    if (cause.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.emit(REQUEST_TIMEOUT)) return;
    const current = currentAnswer(socket);
    // What came whole gets its own answer, and nothing that could be taken for it.
    if (current?.req.complete) current.shouldKeepAlive = false;
    else if (cause.code === 'HPE_INVALID_METHOD' && answerUnknownMethod(cause, socket, handle)) return;
    else {
      if (socket.writable && !current?.headersSent) refuse(statusOf(cause), socket);
      socket.destroySoon();
    }
  };
}

function statusOf(cause: ParserError): number {
  if (cause.code === 'HPE_INVALID_VERSION' && OTHER_VERSION.test(beginning(cause))) return 505;
  return STATUSES[cause.code ?? ''] ?? 400;
}

function beginning({ rawPacket }: ParserError): string {
  return rawPacket?.toString('latin1', 0, LINE_BYTES) ?? '';
}

/** The answer that is under way. Node keeps it there. */
function currentAnswer(socket: Socket & { _httpMessage?: ServerResponse | null }): ServerResponse | undefined {
  return socket._httpMessage ?? undefined;
}

/** Node's parser gives up at such a method; whether the path takes it is told as of any other. */
function answerUnknownMethod(cause: ParserError, socket: Socket, handle: Handler): boolean {
  const [, method, url] = UNKNOWN_METHOD.exec(beginning(cause)) ?? [];
  if (method === undefined || (cause.bytesParsed ?? 0) > method.length || !socket.writable) return false;
  // As of HTTP/1.0, where no host is asked for: the parser has read none.
  const req = Object.assign(new IncomingMessage(socket), { method, url, httpVersionMajor: 1, httpVersionMinor: 0 });
  req.complete = true;
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.once('finish', () => socket.destroySoon());
  handle(req, res);
  return true;
}

/** Without a head nobody knows the caller's dialect: it is told in OpenAI's. */
function refusal(status: number): string {
  const line = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n`;
  if (status !== 408) return `${line}\r\n`;
  const body = Buffer.from(writeOpenAiError(gatewayError('request_timeout')).body).toString();
  const length = Buffer.byteLength(body);
  return `${line}Content-Type: application/json; charset=utf-8\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { gatewayError } from '@sluice/contract';
import { writeOpenAiError } from '@sluice/dialect-openai';

/** Emitted by a socket whose request has taken too long; who is reading the body answers. */
export const REQUEST_TIMEOUT = 'sluice-request-timeout';

/** As Node would answer what its parser does not take. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Ends a connection on which no request came to be: in words where it took too long, with a bare status where nobody can
 * tell what it was. A body that takes too long is answered by whoever waits for it.
 */
export function onClientError(cause: Error & { readonly code?: string }, socket: Socket): void {
  if (cause.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.emit(REQUEST_TIMEOUT)) return;
  if (socket.writable && !hasAnswer(socket)) socket.write(refusal(STATUSES[cause.code ?? ''] ?? 400));
  socket.destroySoon();
}

/** Whether an answer is under way: nothing may come between its parts. Node keeps it there. */
function hasAnswer(socket: Socket & { _httpMessage?: { headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent ?? false;
}

/** Without a head nobody knows the caller's dialect: it is told in OpenAI's. */
function refusal(status: number): string {
  const line = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n`;
  if (status !== 408) return `${line}\r\n`;
  const body = Buffer.from(writeOpenAiError(gatewayError('request_timeout')).body).toString();
  const length = Buffer.byteLength(body);
  return `${line}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { closeGently, isEnding } from './unread-body.js';

export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** Names and values in turn. */
const MAX_HEADER_ITEMS = 200;
const MAX_HOST_CHARS = 255;
const MAX_PORT = 65_535;
/** A name, an IPv4 or a bracketed IPv6 address, and a port. RFC 9112 section 3.2 wants 400 for anything else. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i;
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** What stands before every handler of a server. */
export interface HttpGuard {
  /** Lets requests through whose head says one thing only; the others get a bare status, and their connection ends. */
  readonly handle: Handler;
  /** For a request that waits for a word before it sends its body: reading the body gives it. */
  readonly onExpectation: Handler;
  /** Ends a connection with a bare status, after the answers that are under way on it. */
  refuse(status: number, req: IncomingMessage, res: ServerResponse): void;
}

/**
 * Node's parser takes some heads that two servers read differently: two hosts, versions that do not exist, codings before
 * `chunked`. Nothing behind this guard has to think of them. A connection that was refused once is not read again:
 * what follows on it may be the second half of a smuggled request.
 */
export function createHttpGuard(handler: Handler, onRefused: (status: number) => void): HttpGuard {
  // Callers ask for the same host again and again.
  let knownHost = '';
  const faultOf = (req: IncomingMessage): number | undefined => {
    const { host, 'transfer-encoding': coding } = req.headers;
    if (req.httpVersionMajor !== 1 || req.httpVersionMinor > 1) return req.httpVersionMajor === 0 ? 400 : 505;
    if (req.rawHeaders.length > MAX_HEADER_ITEMS) return 431;
    if (coding !== undefined && coding !== 'chunked') return faultOfCoding(coding);
    if (coding !== undefined && req.httpVersionMinor === 0) return 400;
    if (!isTarget(req, host)) return 400;
    if (host === undefined) return req.httpVersionMinor === 0 ? undefined : 400;
    if (host === knownHost) return undefined;
    if (!isHost(host)) return 400;
    knownHost = host;
    return undefined;
  };
  const refuse: HttpGuard['refuse'] = (status, req, res) => {
    onRefused(status);
    req.pause();
    closeGently(req.socket);
    res.sendDate = false;
    res.shouldKeepAlive = false;
    res.writeHead(status, { connection: 'close', 'content-length': '0' }).end();
  };
  const handle: Handler = (req, res) => {
    if (isEnding(req.socket)) return;
    const status = faultOf(req);
    if (status === undefined) handler(req, res);
    else refuse(status, req, res);
  };
  return {
    handle,
    refuse,
    onExpectation(req, res) {
      if (req.headers.expect?.toLowerCase() === '100-continue') handle(req, res);
      else if (!isEnding(req.socket)) refuse(417, req, res);
    },
  };
}

/** The parser has seen to it that `chunked` comes last. Of one that it does not undo we know what it is, not how. */
function faultOfCoding(coding: string): number | undefined {
  const codings = coding
    .toLowerCase()
    .split(',')
    .map((one) => one.trim());
  if (codings.length === 1) return codings[0] === 'chunked' ? undefined : 400;
  const others = codings.slice(0, -1);
  return others.every((one) => one !== 'chunked' && TOKEN.test(one)) ? 501 : 400;
}

function isHost(host: string): boolean {
  const port = host.length <= MAX_HOST_CHARS ? HOST.exec(host) : null;
  return port !== null && Number(port[1] ?? 0) <= MAX_PORT;
}

/** A path, or the same with the very host in front that the header names. */
function isTarget({ url = '', method }: IncomingMessage, host: string | undefined): boolean {
  if (url.includes('#')) return false;
  if (url.startsWith('/')) return true;
  if (url === '*') return method === 'OPTIONS';
  const named = ABSOLUTE.exec(url)?.[1];
  return named !== undefined && isHost(named) && named.toLowerCase() === host?.toLowerCase();
}

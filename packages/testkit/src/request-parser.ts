/** A request as it stood on the wire. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names; a header that came twice is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** 1 for the first connection accepted. */
  readonly connection: number;
}

const HEAD_END = '\r\n\r\n';

/** Collects the bytes of one connection; each push returns the requests that it completed. */
export function createRequestParser(connection: number): (bytes: Uint8Array) => readonly ReceivedRequest[] {
  let buffered: Buffer = Buffer.alloc(0);
  return (bytes) => {
    buffered = Buffer.concat([buffered, bytes]);
    const complete: ReceivedRequest[] = [];
    for (let parsed = parseRequest(buffered); parsed; parsed = parseRequest(buffered)) {
      buffered = buffered.subarray(parsed.length);
      complete.push({ ...parsed.request, connection });
    }
    return complete;
  };
}

interface Parsed {
  readonly request: Omit<ReceivedRequest, 'connection'>;
  /** Bytes that the request took. */
  readonly length: number;
}

function parseRequest(bytes: Buffer): Parsed | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = parseHead(bytes.toString('latin1', 0, end));
  const start = end + HEAD_END.length;
  if (head.headers['transfer-encoding'] === 'chunked') {
    const chunked = parseChunks(bytes, start);
    return chunked && { request: { ...head, body: chunked.body }, length: chunked.end };
  }
  const length = start + Number(head.headers['content-length'] ?? 0);
  if (bytes.length < length) return undefined;
  return { request: { ...head, body: Buffer.from(bytes.subarray(start, length)) }, length };
}

function parseChunks(bytes: Buffer, start: number): { readonly body: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, Math.max(at, lineEnd)), 16);
    const end = lineEnd + 2 + size + 2;
    if (lineEnd < 0 || bytes.length < end) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), end };
    parts.push(bytes.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}

function parseHead(text: string): Omit<ReceivedRequest, 'body' | 'connection'> {
  const [first = '', ...lines] = text.split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return { method, path, headers };
}

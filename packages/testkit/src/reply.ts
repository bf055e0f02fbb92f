/** One thing that a scripted connection does. */
export type ReplyAction =
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'silence' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'close' };

/** What a fake upstream does with one request. Immutable: each call returns a longer script. */
export interface Reply {
  readonly script: ReplyScript;
  /** Status of the head; 200 unless said. */
  status(code: number): Reply;
  /** Headers of the head. A `content-length` or `transfer-encoding` given here is sent as it is, true or not. */
  headers(headers: Readonly<Record<string, string>>): Reply;
  /** The head, unless it was sent, with the right `content-length`, and this body. */
  body(body: string | Uint8Array): Reply;
  /** A JSON body. */
  json(value: unknown): Reply;
  /** The head of a chunked event stream, unless it was sent, and each text as one chunk, byte for byte. */
  sse(frames: string | Uint8Array | readonly string[]): Reply;
  /** The head of a chunked answer, unless it was sent. */
  head(): Reply;
  delay(ms: number): Reply;
  /** These bytes and nothing around them. */
  raw(bytes: string | Uint8Array): Reply;
  /** Falls silent: the connection stays open until the other side closes it. */
  silence(): Reply;
  /** TCP reset. */
  reset(): Reply;
  /** TCP FIN, whatever was promised. */
  close(): Reply;
  /** Runs the script as soon as a connection is accepted, without waiting for a request. */
  atConnect(): Reply;
}

export interface ReplyScript {
  readonly actions: readonly ReplyAction[];
  readonly atConnect: boolean;
}

interface State {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly actions: readonly ReplyAction[];
  readonly atConnect: boolean;
  /** A chunked answer is open and owes its last chunk. */
  readonly chunked: boolean;
}

const LAST_CHUNK = '0\r\n\r\n';

/** Begins a script: an empty `200` unless more is said. */
export function reply(): Reply {
  return build({ status: 200, headers: {}, actions: [], atConnect: false, chunked: false });
}

function build(state: State): Reply {
  const then = (...actions: readonly ReplyAction[]): Reply =>
    build({ ...state, actions: [...state.actions, ...actions] });
  const self: Reply = {
    get script() {
      return toScript(state);
    },
    status: (status) => build({ ...state, status }),
    headers: (headers) => build({ ...state, headers: { ...state.headers, ...headers } }),
    body: (body) => then(writeHead(state, { 'content-length': String(toBytes(body).length) }), write(body)),
    json: (value) => self.headers({ 'content-type': 'application/json', ...state.headers }).body(JSON.stringify(value)),
    head: () => (state.chunked ? self : openChunked(state)),
    sse: (frames) => {
      const typed = { ...state, headers: { 'content-type': 'text/event-stream', ...state.headers } };
      const opened = state.chunked ? state : openedState(typed);
      const texts = typeof frames === 'string' || frames instanceof Uint8Array ? [frames] : frames;
      return build({ ...opened, actions: [...opened.actions, ...texts.map((text) => write(toChunk(text)))] });
    },
    delay: (ms) => then({ kind: 'delay', ms }),
    raw: (bytes) => then(write(bytes)),
    silence: () => then({ kind: 'silence' }),
    reset: () => then({ kind: 'reset' }),
    close: () => then({ kind: 'close' }),
    atConnect: () => build({ ...state, atConnect: true }),
  };
  return self;
}

function toScript(state: State): ReplyScript {
  const { actions, atConnect, chunked } = state;
  if (chunked) return { actions: [...actions, write(LAST_CHUNK)], atConnect };
  const silent = actions.every(({ kind }) => kind === 'delay');
  const empty = writeHead(state, { 'content-length': '0' });
  return { actions: silent ? [...actions, empty] : actions, atConnect };
}

function openedState(state: State): State {
  const head = writeHead(state, { 'transfer-encoding': 'chunked' });
  return { ...state, actions: [...state.actions, head], chunked: true };
}

function openChunked(state: State): Reply {
  return build(openedState(state));
}

/** `framing` tells where the body ends, unless the script's own headers do. */
function writeHead({ status, headers }: State, framing: Readonly<Record<string, string>>): ReplyAction {
  const framed = 'content-length' in headers || 'transfer-encoding' in headers;
  const lines = Object.entries(framed ? headers : { ...headers, ...framing }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return write([`HTTP/1.1 ${status} Scripted`, ...lines, '', ''].join('\r\n'));
}

function write(bytes: string | Uint8Array): ReplyAction {
  return { kind: 'write', bytes: toBytes(bytes) };
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

function toChunk(value: string | Uint8Array): Uint8Array {
  const bytes = toBytes(value);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

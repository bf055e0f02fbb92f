/** A piece of an answer, in no vendor's form. */
export type ContentStep =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'refusal'; readonly text: string }
  /** One whole call; `json` is its arguments as text. The input of a `custom` tool is free text. */
  | { readonly type: 'tool-call'; readonly name: string; readonly json: string; readonly custom?: boolean };

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter';

/**
 * What a behaviour does next. A behaviour knows no vendor and no socket: it yields steps, a wire renders them, the
 * player performs them. Nothing after `finish`, `fault`, `cut`, `end`, `hang`, `long-line`, `bytes` or `raw` is performed.
 */
export type Step =
  | ContentStep
  /** Silence. */
  | { readonly type: 'wait'; readonly ms: number }
  /** Sends the head and the opening events of a stream before there is content. */
  | { readonly type: 'open' }
  /** A sign of life without content: a comment or a ping. */
  | { readonly type: 'keep-alive' }
  /** From here on the answer is so. */
  | ({ readonly type: 'manner' } & Manner)
  /** Something that is no JSON where JSON is due. */
  | { readonly type: 'malformed' }
  /** `stop` is the stop sequence that ended the text. */
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly stop?: string }
  /** Before content an HTTP error, after it one inside the answer. */
  | { readonly type: 'fault'; readonly fault: Fault }
  /** Silence until the caller leaves. */
  | { readonly type: 'hang' }
  /**
   * The connection breaks in the middle: with a TCP reset, or with an early but orderly close; between two frames, in
   * the middle of one, or after the first byte of a character that has several.
   */
  | { readonly type: 'cut'; readonly by: 'reset' | 'close'; readonly inside?: 'frame' | 'code-point' }
  /** A line, or a body, that does not end before so many bytes; then silence. */
  | { readonly type: 'long-line'; readonly bytes: number }
  /** These bytes on the connection, whatever was asked; then its end, or silence. */
  | { readonly type: 'bytes'; readonly bytes: string; readonly close: boolean }
  /** An orderly end without a finish. */
  | { readonly type: 'end' }
  /** This answer, whatever was asked. */
  | { readonly type: 'raw'; readonly status?: number; readonly contentType: string; readonly body: string };

/** How an answer departs from what its vendor promises. */
export interface Manner {
  /** Says nothing of its tokens, or twice too many. */
  readonly usage?: 'none' | 'wrong';
  /** The frame that ends a stream comes twice, or not at all. */
  readonly terminal?: 'twice' | 'missing';
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type FaultKind =
  | 'invalid'
  | 'authentication'
  | 'billing'
  | 'permission'
  | 'not-found'
  | 'model-not-found'
  | 'timeout'
  | 'conflict'
  | 'too-large'
  | 'rate-limit'
  | 'quota'
  | 'context-length'
  | 'content-policy'
  | 'server'
  | 'overloaded';

/** A failure in no vendor's words. */
export interface Fault {
  readonly kind: FaultKind;
  readonly status: number;
  readonly message: string;
  readonly param?: string;
  /** The vendor's own name for it, where its kind and status do not tell. */
  readonly code?: string;
  readonly retry?: RetryAdvice;
  /** The model that is not there. */
  readonly model?: string;
}

/** How long to wait, and where the vendor says so: in `Retry-After`, in `retry-after-ms`, in a place of its own, or nowhere. */
export interface RetryAdvice {
  readonly form: 'seconds' | 'date' | 'ms' | 'vendor' | 'none';
  readonly ms: number;
}

/** A request that the simulator refuses, as the vendor would. */
export class RequestFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'RequestFault';
    this.fault = fault;
  }
}

/** Throws the 400 of a malformed request. */
export function refuse(message: string, param?: string, code?: string): never {
  throw new RequestFault({
    kind: 'invalid',
    status: 400,
    message,
    ...(param !== undefined && { param }),
    ...(code !== undefined && { code }),
  });
}

/** Throws the 404 of a model that is not there. */
export function refuseModel(model: string): never {
  throw new RequestFault({
    kind: 'model-not-found',
    status: 404,
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    param: 'model',
    model,
  });
}

const KIND_BY_STATUS: Readonly<Record<number, FaultKind>> = {
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  413: 'too-large',
  429: 'rate-limit',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

/** The fault that a vendor means by a bare HTTP status. */
export function faultOfStatus(status: number): Fault {
  const kind = KIND_BY_STATUS[status] ?? (status < 500 ? 'invalid' : 'server');
  const message = `The simulator fails with status ${status}, as the model name asks.`;
  return { kind, status, message, ...(status === 429 && { retry: { form: 'seconds', ms: 2_000 } }) };
}

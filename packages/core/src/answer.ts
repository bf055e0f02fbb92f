/** A whole answer, in memory. */
export interface PlainAnswer {
  readonly kind: 'plain';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}
/** An answer that is still being made. Reading it drives the upstream; leaving the loop early gives everything back. */
export interface StreamAnswer {
  readonly kind: 'stream';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: AsyncIterable<Uint8Array | string, undefined>;
  /** Set where pieces may end anywhere: nothing can be put between them. */
  readonly unframed?: true;
}
export type Answer = PlainAnswer | StreamAnswer;

/** A JSON answer. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): PlainAnswer {
  return {
    kind: 'plain',
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

import type { RandomHex } from './random-hex.js';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
// `sampled` and `random`; the specification has the other bits sent as zero.
const KNOWN_FLAGS = 0b11;

/** Where a request stands in its trace. */
export interface TraceContext {
  readonly traceId: string;
  /** The gateway's own span. */
  readonly spanId: string;
  /** The header for the upstream call. */
  readonly traceparent: string;
}

/**
 * The caller's trace carried on with a span of our own, or a new, unsampled trace where the W3C `traceparent` header
 * is absent or breaks its grammar in any way.
 */
export function readTraceContext(header: string | readonly string[] | undefined, random: RandomHex): TraceContext {
  const spanId = random(8);
  const caller = typeof header === 'string' ? parse(header) : undefined;
  const traceId = caller?.traceId ?? random(16);
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${caller?.flags ?? '00'}` };
}

function parse(header: string): { readonly traceId: string; readonly flags: string } | undefined {
  const [, version, traceId, parentId, flags, rest] = TRACEPARENT.exec(header) ?? [];
  if (version === undefined || traceId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || traceId === NO_TRACE || parentId === NO_SPAN) return undefined;
  // Later versions may append fields; version 00 may not.
  if (version === '00' && rest !== undefined) return undefined;
  return { traceId, flags: `0${Number.parseInt(flags, 16) & KNOWN_FLAGS}` };
}

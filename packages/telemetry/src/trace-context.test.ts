import { describe, expect, it } from 'vitest';
import { createRandomHex } from './random-hex.js';
import { readTraceContext } from './trace-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const random = createRandomHex();
const fixed = (bytes: number): string => 'ab'.repeat(bytes);

describe('readTraceContext', () => {
  it('carries on the trace and flags of the caller with a span of its own', () => {
    expect(readTraceContext(`00-${TRACE}-${PARENT}-01`, fixed)).toEqual({
      traceId: TRACE,
      spanId: 'abababababababab',
      traceparent: `00-${TRACE}-abababababababab-01`,
    });
  });

  it('starts an unsampled trace where there is no header', () => {
    expect(readTraceContext(undefined, random).traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('reads a later version by the fields that it knows', () => {
    expect(readTraceContext(`cc-${TRACE}-${PARENT}-01-what-may-come`, random).traceId).toBe(TRACE);
  });

  it('does not send on flags that it does not know', () => {
    expect(readTraceContext(`00-${TRACE}-${PARENT}-ff`, fixed).traceparent).toMatch(/-03$/);
  });

  it.each([
    '',
    'garbage',
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-extra`,
    `cc-${TRACE}-${PARENT}-01extra`,
    ` 00-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01\n`,
    `00-${TRACE.slice(1)}-${PARENT}-01`,
  ])('starts a new trace for the header %j', (header) => {
    expect(readTraceContext(header, fixed).traceId).toBe('ab'.repeat(16));
  });

  it('starts a new trace when the header came twice', () => {
    const header = `00-${TRACE}-${PARENT}-01`;
    expect(readTraceContext([header, header], fixed).traceId).toBe('ab'.repeat(16));
  });
});

describe('createRandomHex', () => {
  it('gives two digits for each byte', () => {
    expect(random(16)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('does not repeat itself when its pool is filled anew', () => {
    const ids = Array.from({ length: 2_000 }, () => random(8));
    expect(new Set(ids).size).toBe(2_000);
  });
});

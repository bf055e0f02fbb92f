import { isGatewayError } from '@sluice/contract';
import type { JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { ASKING } from './__fixtures__/bodies.js';
import type { Asking, Field } from './__fixtures__/bodies.js';
import { parseFor } from './__fixtures__/translate.js';
import { VENDORS } from './__fixtures__/vendors.js';
import type { Vendor } from './__fixtures__/vendors.js';

/* Nothing that a client asks for is lost in silence: it reaches the vendor, or is told, or the call is refused. */

const PAIRS = VENDORS.flatMap((vendor) =>
  ASKING.map((asking) => ({ vendor, asking, kind: vendor.kind, dialect: asking.client.dialect.id })),
);

interface Outcome {
  /** What the vendor gets, and what the caller is told. */
  readonly all: string;
  readonly told: readonly string[];
}

/** Nothing for a call that is refused. */
function outcome({ chat, target }: Vendor, { client }: Asking, body: JsonObject): Outcome | undefined {
  try {
    const parsed = parseFor(client, body);
    const { request, adjustments } = chat.encode(parsed.toRequest(), target);
    const told = [...(parsed.adjustments ?? []), ...adjustments];
    const { url, headers, body: sent } = request;
    return { all: JSON.stringify([url, headers, String(sent), told]), told: told.map(({ parameter }) => parameter) };
  } catch (error) {
    if (isGatewayError(error)) return undefined;
    throw error;
  }
}

/** A body with this field, and the same body without. */
function withAndWithout({ client }: Asking, name: string, { value, beside = {} }: Field) {
  const [top = ''] = name.split('.');
  const { [top]: _, ...others } = { ...client.question, ...beside };
  const without = name.includes('.') ? { ...others, [top]: beside[top] } : others;
  return {
    without: top === 'max_tokens' ? { ...without, max_tokens: 100 } : without,
    with: { ...others, [top]: value },
  };
}

it.each(ASKING)('there is a value here for every field of $client.dialect.id', ({ names, fields, quiet }) => {
  const known = new Set([...Object.keys(fields), ...quiet]);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

describe.each(PAIRS)('$kind asked in $dialect', ({ vendor, asking }) => {
  it.each(Object.entries(asking.fields))('gets %s, or the caller is told', (name, field) => {
    const bodies = withAndWithout(asking, name, field);
    const without = outcome(vendor, asking, bodies.without);
    const given = outcome(vendor, asking, bodies.with);
    expect(without).toBeDefined();
    const isTold = given?.told.includes(field.of ?? '') === true;
    expect(isTold || given?.all !== without?.all).toBe(true);
  });
});

import { z } from 'zod';

const MAX_LIMIT = 1_000;
/** The last instant of the calendar that JavaScript has. */
const MAX_TIME_MS = 8_640_000_000_000_000;

/** An instant in a query, as milliseconds. `summary` says what it does. */
export function timeParam(summary: string): z.ZodType<number, string> {
  return z
    .union(
      [
        z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
        z.iso.date().transform((text) => Date.parse(text)),
        z
          .string()
          .regex(/^\d{1,16}$/)
          .transform(Number),
      ],
      { error: 'expected a time or a day in ISO 8601, or milliseconds since 1970' },
    )
    .refine((ms) => ms <= MAX_TIME_MS, 'the time is out of range')
    .meta({
      description: `${summary}: a time or a day (its beginning in UTC) in ISO 8601, or milliseconds since 1970.`,
      example: '2026-01-01T00:00:00Z',
    });
}

/** How many rows one answer has. */
export function pageLimit(usual: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,4}$/, `expected a number from 1 to ${MAX_LIMIT}`)
    .transform(Number)
    .refine((count) => count >= 1 && count <= MAX_LIMIT, `expected a number from 1 to ${MAX_LIMIT}`)
    .meta({
      description: 'Rows in one answer.',
      // A query has only text; what it must hold is a number all the same.
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: usual });
      },
    });
}

import type { JsonObject } from '@sluice/contract';
import type { z } from 'zod';

/** Tells for some fields, cheaply, of values that are good; of others it says nothing. */
export type PlainFields = Readonly<Record<string, (value: unknown) => boolean>>;

/**
 * Checks an object of a loose schema by the fields that it has: a request gives a handful of the many that the schema
 * names, and to ask each of the others whether it is absent costs more than all the rest. What passes is the object
 * itself, so this is for schemas that check and change nothing. A failure is reported as the whole schema reports it.
 */
export function createFieldCheck<Schema extends z.ZodObject>(
  schema: Schema,
  plain: PlainFields = {},
): (body: JsonObject) => z.ZodSafeParseResult<z.output<Schema>> {
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  const required = Object.keys(shape).filter((name) => !shape[name]?.safeParse(undefined).success);
  const fields = new Map(Object.entries(shape).map(([name, field]) => [name, toCheck(field, plain[name])]));
  const isGood = (body: JsonObject): boolean => {
    for (const name of required) if (!Object.hasOwn(body, name)) return false;
    for (const name in body) if (fields.get(name)?.(body[name]) === false) return false;
    return true;
  };
  return (body) => (isGood(body) ? { success: true, data: body as z.output<Schema> } : schema.safeParse(body));
}

function toCheck(field: z.ZodType, isPlain: PlainFields[string] = () => false): (value: unknown) => boolean {
  return (value) => isPlain(value) || field.safeParse(value).success;
}

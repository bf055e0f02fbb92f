import type { JsonObject } from '@sluice/contract';
import { findRefusedName, isJsonObject } from '@sluice/toolkit';
import type { z } from 'zod';
import { notAnObject } from './chat-parse.js';
import { refusedName, toInvalid } from './invalid.js';

/** A body that passed its schema. Throws the first problem found, with its `param`. */
export function checkBody<Schema extends z.ZodType>(body: unknown, schema: Schema): z.output<Schema> {
  if (!isJsonObject(body)) throw notAnObject();
  const refused = findRefusedName(body);
  if (refused) throw refusedName(refused);
  const checked = schema.safeParse(body);
  if (!checked.success) throw toInvalid(checked.error, body);
  return checked.data;
}

/** What the caller set beyond the fields that have a canonical place. */
export function fieldsBeside(wire: JsonObject, translated: ReadonlySet<string>): JsonObject | undefined {
  const fields = Object.entries(wire).filter(
    ([name, value]) => !translated.has(name) && value !== undefined && value !== null,
  );
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

/** What these hold is the caller's own: names in there are data. */
const OPAQUE: ReadonlySet<string> = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseSchema',
  'responseJsonSchema',
  'labels',
]);

/**
 * A body with its field names in the one form that the rest reads: Google's servers take `system_instruction` for
 * `systemInstruction` as well. The same object where nothing had to change.
 * https://protobuf.dev/programming-guides/json/#field-names
 */
export function toCamelCase(body: JsonObject): JsonObject {
  return camelObject(body) as JsonObject;
}

function camelValue(value: unknown): unknown {
  if (Array.isArray(value)) return camelList(value);
  return isJsonObject(value) ? camelObject(value) : value;
}

function camelList(list: readonly unknown[]): readonly unknown[] {
  const mapped = list.map(camelValue);
  return mapped.some((value, i) => value !== list[i]) ? mapped : list;
}

function camelObject(object: JsonObject): unknown {
  let changed: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(object)) {
    const known = name.includes('_') ? camelName(name) : name;
    const inner = OPAQUE.has(known) ? value : camelValue(value);
    if (known === name && inner === value) continue;
    changed ??= { ...object };
    if (known !== name) delete changed[name];
    // Both spellings at once: the one that the rest reads stands.
    if (known === name || !Object.hasOwn(object, known)) changed[known] = inner;
  }
  return changed ?? object;
}

function camelName(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

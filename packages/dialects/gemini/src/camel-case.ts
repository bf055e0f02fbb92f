import { gatewayError } from '@sluice/contract';
import type { GatewayError, JsonObject } from '@sluice/contract';
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
 * `systemInstruction` as well. The same object where nothing had to change. Throws `duplicate_key` for a field in both
 * spellings: which of them a server takes is its own affair, so there must be only one.
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
    if (known !== name) {
      if (Object.hasOwn(changed, known)) throw twice(name);
      delete changed[name];
    }
    changed[known] = inner;
  }
  return changed ?? object;
}

function twice(param: string): GatewayError {
  return gatewayError('duplicate_key', { message: `"${param}" stands twice, in two spellings.`, details: { param } });
}

function camelName(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

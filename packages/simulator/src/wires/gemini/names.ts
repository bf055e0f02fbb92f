import { isObject, type JsonObject } from '../../question.js';

/** Fields whose value is the caller's own: names in there are not the API's. */
const FREE = new Set([
  'args',
  'response',
  'parametersJsonSchema',
  'responseJsonSchema',
  'partMetadata',
  'labels',
  'default',
  'example',
]);

/** `topP` -> `top_p` */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * A body with its fields named as the API's documentation has them: the vendor takes `system_instruction` for
 * `systemInstruction`, and null for nothing: https://protobuf.dev/programming-guides/json/
 */
export function normalise(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => {
      if (value === null) return [];
      const known = camel(name);
      return [[known, normaliseField(known, value)] as const];
    }),
  );
}

function normaliseField(name: string, value: unknown): unknown {
  if (FREE.has(name)) return value;
  if (name !== 'properties' || !isObject(value)) return normaliseValue(value);
  return Object.fromEntries(Object.entries(value).map(([own, schema]) => [own, normaliseValue(schema)]));
}

function normaliseValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => normaliseValue(item));
  return isObject(value) ? normalise(value) : value;
}

const NUMERIC = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minimum', 'maximum'];

/** A schema of the vendor's own kind as JSON Schema: types in capitals and numbers as text are gone. */
export function toJsonSchema(schema: unknown): JsonObject {
  if (!isObject(schema)) return {};
  const { type, properties, items, anyOf, ...rest } = schema;
  const numbers = NUMERIC.filter((name) => typeof rest[name] === 'string').map(
    (name) => [name, Number(rest[name])] as const,
  );
  return {
    ...rest,
    ...(Object.fromEntries(numbers) as JsonObject),
    ...(typeof type === 'string' && { type: type.toLowerCase() }),
    ...(isObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, toJsonSchema(field)])),
    }),
    ...(items !== undefined && { items: toJsonSchema(items) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((choice: unknown) => toJsonSchema(choice)) }),
  };
}

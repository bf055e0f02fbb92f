import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from './json.js';

/** Places of a JSON Schema that hold a schema, schemas by name, or a list of schemas. */
const NESTED: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not']);
const NAMED: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
const LISTED: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);

/**
 * A JSON Schema in the words that the vendor knows: it takes no `const`, for which a list of one value stands.
 * Its list of words: npm @google/genai 3.3.0, dist/genai.d.ts, `GenerateContentConfig.responseJsonSchema`.
 */
export function toGeminiSchema(schema: JsonObject): JsonObject {
  return mapSchema(schema, ({ const: only, ...others }) => (only === undefined ? others : { ...others, enum: [only] }));
}

/**
 * The JSON Schema for a schema in the vendor's older form, a subset of OpenAPI 3.0: type names in capitals, `nullable`
 * beside them, counts as strings. Shape: npm @google/genai 3.3.0, dist/genai.d.ts, `Schema`.
 */
export function fromOpenApiSchema(schema: unknown): JsonObject {
  return isJsonObject(schema) ? mapSchema(schema, fromOpenApiNode) : {};
}

const COUNTS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'] as const;

function fromOpenApiNode({ type, nullable, ...others }: JsonObject): JsonObject {
  const node: Record<string, unknown> = others;
  for (const count of COUNTS) if (typeof node[count] === 'string') node[count] = Number(node[count]);
  if (typeof type !== 'string' || type === 'TYPE_UNSPECIFIED') return node;
  const name = type.toLowerCase();
  return { type: nullable === true ? [name, 'null'] : name, ...node };
}

/** Every schema inside `schema`, and itself, as `change` has it. */
function mapSchema(schema: JsonObject, change: (node: JsonObject) => JsonObject): JsonObject {
  const mapped: Record<string, unknown> = {};
  const inner = (value: unknown): unknown => (isJsonObject(value) ? mapSchema(value, change) : value);
  for (const [name, value] of Object.entries(schema)) {
    if (NESTED.has(name)) mapped[name] = inner(value);
    else if (LISTED.has(name) && Array.isArray(value)) mapped[name] = value.map(inner);
    else if (NAMED.has(name) && isJsonObject(value)) mapped[name] = mapValues(value, inner);
    else mapped[name] = value;
  }
  return change(mapped);
}

function mapValues(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

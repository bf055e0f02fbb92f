import { pick, type Random } from './random.js';
import { isObject, objects, type JsonObject } from './question.js';

const MAX_DEPTH = 6;

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T12:00:00Z',
  date: '2026-01-15',
  time: '12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  ipv4: '192.0.2.1',
  hostname: 'example.com',
};
const WORDS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord'];

/**
 * A value that satisfies a JSON Schema. Knows what function schemas use: object, array, string, number, integer,
 * boolean, null, enum, const, anyOf, oneOf, allOf, local $ref, and the common bounds; `pattern` and `not` are not looked
 * at. An unknown schema gives a string.
 */
export function sampleSchema(schema: JsonObject, random: Random): unknown {
  return createSampler(schema, random)(schema, 0);
}

type Sampler = (schema: JsonObject, depth: number) => unknown;

function createSampler(root: JsonObject, random: Random): Sampler {
  const sample: Sampler = (given, depth) => {
    const schema = resolve(given, root);
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return pick<unknown>(schema['enum'], random);
    switch (typeOf(schema)) {
      case 'object':
        return sampleObject(schema, depth, sample);
      case 'array':
        return sampleArray(schema, depth, sample);
      case 'integer':
        return sampleNumber(schema, random, 1);
      case 'number':
        return sampleNumber(schema, random, 0.5);
      case 'boolean':
        return random() < 0.5;
      case 'null':
        return null;
      default:
        return sampleString(schema, random);
    }
  };
  return sample;
}

/** Follows references and combinators down to a schema with a type of its own. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema;
  for (let hop = 0; hop < MAX_DEPTH; hop += 1) {
    const next = typeof current['$ref'] === 'string' ? lookUp(current['$ref'], root) : merged(current);
    if (next === current) break;
    current = next;
  }
  return current;
}

function lookUp(reference: string, root: JsonObject): JsonObject {
  let found: unknown = root;
  for (const name of reference.split('/').slice(1)) {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) ? found[key] : undefined;
  }
  return isObject(found) ? found : {};
}

/** The schema with its combinators taken in; the same object where it has none. */
function merged(schema: JsonObject): JsonObject {
  const { anyOf, oneOf, allOf, ...own } = schema;
  const choices = [...objects(anyOf), ...objects(oneOf)];
  const chosen = choices.find((choice) => typeOf(choice) !== 'null') ?? choices[0];
  const parts = [...(chosen ? [chosen] : []), ...objects(allOf)];
  if (parts.length === 0) return schema;
  return parts.reduce<JsonObject>(join, own);
}

function join(left: JsonObject, right: JsonObject): JsonObject {
  const properties = { ...asObject(left['properties']), ...asObject(right['properties']) };
  const required = [...asList(left['required']), ...asList(right['required'])];
  const both = { ...left, ...right };
  return Object.keys(properties).length === 0 ? both : { ...both, properties, required };
}

function typeOf(schema: JsonObject): unknown {
  const type = schema['type'];
  if (Array.isArray(type)) return type.find((name) => name !== 'null') ?? 'null';
  if (type !== undefined) return type;
  if (isObject(schema['properties'])) return 'object';
  return isObject(schema['items']) ? 'array' : undefined;
}

function sampleObject(schema: JsonObject, depth: number, sample: Sampler): JsonObject {
  const required = new Set(asList(schema['required']));
  const properties = Object.entries(asObject(schema['properties']));
  // Optional fields end where a recursive schema would not.
  const kept = properties.filter(([name]) => depth < MAX_DEPTH || required.has(name));
  return Object.fromEntries(kept.map(([name, field]) => [name, isObject(field) ? sample(field, depth + 1) : 'text']));
}

function sampleArray(schema: JsonObject, depth: number, sample: Sampler): unknown[] {
  const first = objects(schema['prefixItems']).map((item) => sample(item, depth + 1));
  const item = asObject(schema['items']);
  const wanted = bound(schema['minItems']) ?? (depth < MAX_DEPTH ? Math.min(1, bound(schema['maxItems']) ?? 1) : 0);
  while (first.length < wanted) first.push(sample(item, depth + 1));
  return first;
}

function sampleNumber(schema: JsonObject, random: Random, fineness: number): number {
  const step = bound(schema['multipleOf']) ?? fineness;
  const above = bound(schema['exclusiveMinimum']);
  const below = bound(schema['exclusiveMaximum']);
  const low = above === undefined ? bound(schema['minimum']) : above + step;
  const high = below === undefined ? bound(schema['maximum']) : below - step;
  const start = Math.ceil((low ?? (high === undefined ? 1 : Math.min(1, high))) / step);
  const end = high === undefined ? start + 9 : Math.floor(high / step);
  const chosen = start + Math.floor(random() * Math.max(1, Math.min(end - start + 1, 10)));
  // A range narrower than one step has no multiple in it; its middle is as good as any.
  return end < start && low !== undefined && high !== undefined ? (low + high) / 2 : chosen * step;
}

function sampleString(schema: JsonObject, random: Random): string {
  const format = typeof schema['format'] === 'string' ? FORMATS[schema['format']] : undefined;
  const word = format ?? pick(WORDS, random);
  return word.padEnd(bound(schema['minLength']) ?? 0, '.').slice(0, bound(schema['maxLength']) ?? Infinity);
}

function bound(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

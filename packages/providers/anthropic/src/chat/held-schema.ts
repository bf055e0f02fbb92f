import type { Adjustment, JsonObject, ToolDefinition } from '@sluice/contract';
import { adjusted, isJsonObject } from '@sluice/toolkit';

/** A JSON Schema that the service can hold an answer to, and whether it asks for something else than the given one. */
export interface HeldSchema {
  readonly schema: JsonObject;
  readonly changed: boolean;
}

/**
 * A JSON Schema in the part of the language that structured output takes: the service refuses any other. Objects are
 * closed; what it cannot hold the model to goes into the description, where the model at least reads it.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations and npm
 * @anthropic-ai/sdk 1.14.0, src/lib/transform-json-schema.ts, whose way with what is not taken this follows.
 */
export function toHeldSchema(schema: JsonObject): HeldSchema {
  const walk: Walk = { changed: false };
  const held = toNode(schema, walk);
  return { schema: held, changed: walk.changed };
}

/** Tools of which the strict ones have schemas that the service can hold their calls to. */
export function holdStrictTools(tools: readonly ToolDefinition[]): {
  readonly tools: readonly ToolDefinition[];
  readonly adjustments: readonly Adjustment[];
} {
  let changed = false;
  const held = tools.map((tool) => {
    if (!tool.strict) return tool;
    const { schema, changed: one } = toHeldSchema(
      tool.schema.type === undefined ? { type: 'object', ...tool.schema } : tool.schema,
    );
    changed ||= one;
    return { ...tool, schema };
  });
  return { tools: held, adjustments: changed ? adjusted('tools.parameters', 'changed') : [] };
}

interface Walk {
  changed: boolean;
}

/** Taken whatever they hold. */
const PLAIN: ReadonlySet<string> = new Set(['type', 'title', 'description', 'default', 'required', '$ref']);
/** All that may stand beside a reference. */
const BESIDE_REFERENCE: ReadonlySet<string> = new Set(['$ref', '$defs', 'definitions']);
/** They say nothing of the answer, and the service does not take them. */
const NOTES: ReadonlySet<string> = new Set(['$schema', '$id', '$comment']);
const FORMATS: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);
/** Looking around, looking back at a group, and edges of words. */
const REFUSED_PATTERN = /\(\?[=!<]|\\[1-9bBk]/;

type Entry = readonly [string, unknown];

function toNode(node: JsonObject, walk: Walk): JsonObject {
  const held: Record<string, unknown> = {};
  const unheld: Entry[] = [];
  const refers = typeof node.$ref === 'string';
  for (const [name, value] of Object.entries(node)) {
    if (NOTES.has(name)) continue;
    if (refers && !BESIDE_REFERENCE.has(name)) {
      walk.changed = true;
      continue;
    }
    const entry = toHeld(name, value, { node, walk });
    if (entry) held[entry[0]] = entry[1];
    else unheld.push([name, value]);
  }
  if (isObjectNode(node) && !refers) close(held, walk);
  if (unheld.length === 0) return held;
  walk.changed = true;
  return { ...held, description: describe(held['description'], unheld) };
}

interface Place {
  readonly node: JsonObject;
  readonly walk: Walk;
}

/** A keyword as the service takes it; nothing where it does not. */
function toHeld(name: string, value: unknown, { node, walk }: Place): Entry | undefined {
  if (PLAIN.has(name)) return [name, value];
  const inner = (child: unknown): unknown => (isJsonObject(child) ? toNode(child, walk) : child);
  switch (name) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return isJsonObject(value) ? [name, mapValues(value, inner)] : undefined;
    case 'items':
      return isJsonObject(value) ? [name, inner(value)] : undefined;
    case 'anyOf':
    case 'allOf':
      return Array.isArray(value) ? [name, value.map(inner)] : undefined;
    case 'oneOf':
      if (!Array.isArray(value) || node.anyOf !== undefined) return undefined;
      walk.changed = true;
      return ['anyOf', value.map(inner)];
    default:
      return isTaken(name, value, node) ? [name, value] : undefined;
  }
}

function isTaken(name: string, value: unknown, node: JsonObject): boolean {
  switch (name) {
    case 'enum':
      return Array.isArray(value) && value.every(isPrimitive);
    case 'const':
      return isPrimitive(value);
    case 'format':
      return hasType(node, 'string') && FORMATS.has(value);
    case 'pattern':
      return typeof value === 'string' && !REFUSED_PATTERN.test(value);
    case 'minItems':
      return value === 0 || value === 1;
    case 'additionalProperties':
      return value === false;
    default:
      return false;
  }
}

/** The service takes closed objects only. */
function close(held: Record<string, unknown>, walk: Walk): void {
  if (held['type'] !== undefined && held['additionalProperties'] === false) return;
  walk.changed = true;
  held['type'] ??= 'object';
  held['additionalProperties'] = false;
}

function isObjectNode(node: JsonObject): boolean {
  return hasType(node, 'object') || isJsonObject(node.properties);
}

function hasType({ type }: JsonObject, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

function isPrimitive(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

function describe(description: unknown, unheld: readonly Entry[]): string {
  const rest = JSON.stringify(Object.fromEntries(unheld));
  return typeof description === 'string' ? `${description}\n\n${rest}` : rest;
}

function mapValues(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

import { isObject, type JsonObject } from '../question.js';

/** Why a schema cannot be kept to the letter, and where: the names on the way to it. */
export interface SchemaFault {
  readonly at: readonly string[];
  readonly why: 'additional-properties' | 'required' | 'keyword';
  /** Fields that `required` lacks, or the keyword. */
  readonly names: readonly string[];
}

export interface StrictRules {
  /** Every field of an object must be required. */
  readonly allRequired: boolean;
  readonly refused: readonly string[];
}

/** The first fault of a schema that is to be kept to the letter, as structured output needs it. */
export function findSchemaFault(schema: JsonObject, rules: StrictRules): SchemaFault | undefined {
  return visit(schema, [], rules);
}

function visit(schema: unknown, at: readonly string[], rules: StrictRules): SchemaFault | undefined {
  if (!isObject(schema)) return undefined;
  const keyword = rules.refused.find((name) => name in schema);
  if (keyword !== undefined) return { at, why: 'keyword', names: [keyword] };
  return objectFault(schema, at, rules) ?? childFault(schema, at, rules);
}

function objectFault(schema: JsonObject, at: readonly string[], { allRequired }: StrictRules): SchemaFault | undefined {
  if (schema['type'] !== 'object' && !isObject(schema['properties'])) return undefined;
  if (schema['additionalProperties'] !== false) return { at, why: 'additional-properties', names: [] };
  const listed: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = Object.keys(fieldsOf(schema, 'properties')).filter((name) => !listed.includes(name));
  return allRequired && missing.length > 0 ? { at, why: 'required', names: missing } : undefined;
}

function childFault(schema: JsonObject, at: readonly string[], rules: StrictRules): SchemaFault | undefined {
  for (const group of ['properties', '$defs', 'definitions']) {
    for (const [name, child] of Object.entries(fieldsOf(schema, group))) {
      const fault = visit(child, [...at, group, name], rules);
      if (fault) return fault;
    }
  }
  const listed = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((group) => {
    const children: unknown = schema[group];
    return Array.isArray(children)
      ? children.map((child: unknown, index) => [[group, String(index)], child] as const)
      : [];
  });
  for (const [step, child] of [[['items'], schema['items']] as const, ...listed]) {
    const fault = visit(child, [...at, ...step], rules);
    if (fault) return fault;
  }
  return undefined;
}

function fieldsOf(schema: JsonObject, group: string): JsonObject {
  const fields = schema[group];
  return isObject(fields) ? fields : {};
}

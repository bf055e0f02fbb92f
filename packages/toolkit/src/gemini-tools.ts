import type { JsonObject, ToolChoice, ToolDefinition, VendorState } from '@sluice/contract';
import { fromOpenApiSchema, toGeminiSchema } from './gemini-schema.js';
import { geminiFields, geminiState, stateBeside } from './gemini-shapes.js';
import { isJsonObject } from './json.js';

/**
 * Functions and the choice among them, both ways. Shapes: npm @google/genai 3.3.0, dist/genai.d.ts, `Tool`,
 * `FunctionDeclaration`, `FunctionCallingConfig`; modes: https://ai.google.dev/gemini-api/docs/function-calling
 */

export interface GeminiTools {
  readonly tools: readonly ToolDefinition[];
  /** Tools that the vendor runs itself, one `Tool` each. */
  readonly vendorTools: readonly VendorState[];
}

/** The value of `tools`: all functions in one tool, then the vendor's own. Another vendor's own tools are left out. */
export function writeTools({ tools, vendorTools }: GeminiTools): readonly JsonObject[] {
  const functions = tools.length === 0 ? [] : [{ functionDeclarations: tools.map(writeDeclaration) }];
  return [...functions, ...vendorTools.map(geminiFields).filter((tool) => tool !== undefined)];
}

export function readTools(wire: readonly JsonObject[]): GeminiTools {
  const tools: ToolDefinition[] = [];
  const vendorTools: VendorState[] = [];
  for (const { functionDeclarations: functions, ...others } of wire) {
    if (Array.isArray(functions)) tools.push(...functions.filter(isJsonObject).map(readDeclaration));
    if (Object.keys(others).length > 0) vendorTools.push(geminiState(others));
  }
  return { tools, vendorTools };
}

/** A function without parameters is declared without a schema, as the vendor asks for it. */
function writeDeclaration({ name, description, schema, opaque }: ToolDefinition): JsonObject {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(takesNothing(schema) ? {} : { parametersJsonSchema: toGeminiSchema({ type: 'object', ...schema }) }),
    ...geminiFields(opaque),
  };
}

const NOTHING_ELSE: ReadonlySet<string> = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  '$schema',
]);

function takesNothing(schema: JsonObject): boolean {
  const { properties } = schema;
  if (isJsonObject(properties) && Object.keys(properties).length > 0) return false;
  return Object.keys(schema).every((name) => NOTHING_ELSE.has(name)) && !isJsonObject(schema.additionalProperties);
}

const DECLARED: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'parametersJsonSchema']);

function readDeclaration(wire: JsonObject): ToolDefinition {
  const { name, description, parameters, parametersJsonSchema } = wire;
  const schema = isJsonObject(parametersJsonSchema) ? parametersJsonSchema : fromOpenApiSchema(parameters);
  return {
    name: typeof name === 'string' ? name : '',
    ...(typeof description === 'string' ? { description } : {}),
    schema: { type: 'object', ...schema },
    ...stateBeside(wire, DECLARED),
  };
}

/** `functionCallingConfig` for a choice; `strict` asks that calls keep to their schemas where the model may choose. */
export function writeToolChoice(choice: ToolChoice | undefined, strict: boolean): JsonObject | undefined {
  switch (choice?.type) {
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
    case 'auto':
      return { mode: strict ? 'VALIDATED' : 'AUTO' };
    case undefined:
      return strict ? { mode: 'VALIDATED' } : undefined;
  }
}

/** The choice that a `functionCallingConfig` stands for. Several allowed names have no canonical place: nothing then. */
export function readToolChoice({ mode, allowedFunctionNames }: JsonObject): ToolChoice | undefined {
  switch (mode) {
    case 'NONE':
      return { type: 'none' };
    case 'AUTO':
    case 'VALIDATED':
      return { type: 'auto' };
    case 'ANY': {
      const names: readonly unknown[] = Array.isArray(allowedFunctionNames) ? allowedFunctionNames : [];
      const [name] = names;
      if (typeof name !== 'string') return { type: 'required' };
      return names.length === 1 ? { type: 'tool', name } : undefined;
    }
    default:
      return undefined;
  }
}

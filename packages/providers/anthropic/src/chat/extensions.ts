import type { ChatRequest, JsonObject } from '@sluice/contract';
import { droppedExtensions, extensionsFor, isJsonObject } from '@sluice/toolkit';
import { ANTHROPIC_MESSAGES } from '@sluice/toolkit/anthropic-wire';
import type { Plan } from './plan.js';

/** The field under which the dialect keeps its header of that name. */
const BETA_HEADER = 'anthropic-beta';
/** Objects at the top, whose fields without a canonical place stand under their path. */
const NESTING: ReadonlySet<string> = new Set(['metadata', 'output_config', 'tool_choice']);

/** What the caller's own dialect holds beside the canonical fields. */
export interface ExtensionPlan extends Plan {
  /** Fields of objects that other plans write too: laid under theirs. */
  readonly nested: Readonly<Record<string, JsonObject>>;
  /** The caller's beta features, a list as the header has it. */
  readonly betas: string | undefined;
}

/**
 * Fields that have no canonical place. A name with a dot stands for a nested one; those of parts and tools travel as
 * state of the part, and their names are there for other vendors to report.
 */
export function planExtensions(request: Pick<ChatRequest, 'extensions'>): ExtensionPlan {
  const fields: Record<string, unknown> = {};
  const nested: Record<string, Record<string, unknown>> = {};
  const { [BETA_HEADER]: betas, ...own } = extensionsFor(request, ANTHROPIC_MESSAGES);
  for (const [name, value] of Object.entries(own)) {
    const dot = name.indexOf('.');
    const parent = name.slice(0, Math.max(0, dot));
    if (dot < 0) fields[name] = value;
    else if (NESTING.has(parent)) nested[parent] = { ...nested[parent], [name.slice(dot + 1)]: value };
  }
  return {
    fields,
    nested,
    betas: typeof betas === 'string' ? betas : undefined,
    adjustments: droppedExtensions(request, ANTHROPIC_MESSAGES),
  };
}

/** A body with nested fields laid under those of the same object. */
export function withNested(body: JsonObject, nested: ExtensionPlan['nested']): JsonObject {
  const joined: Record<string, unknown> = { ...body };
  for (const [name, fields] of Object.entries(nested)) {
    const present = joined[name];
    joined[name] = { ...fields, ...(isJsonObject(present) ? present : {}) };
  }
  return joined;
}

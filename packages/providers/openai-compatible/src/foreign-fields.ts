import { SAMPLING_PARAMETERS } from '@sluice/contract';
import type { Adjustment, JsonObject, RawCall, Target, ToolChoice } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import type { ServerRules } from './rules.js';

type Model = Pick<Target, 'model' | 'facts'>;

/** What the catalogue decides where it knows the model: by then, what is refused of these is gone from the call. */
const SAMPLING: ReadonlySet<string> = new Set(SAMPLING_PARAMETERS);

/** The fields that a server or one of its models is not sent. */
export function refusedBy(
  { refused = [], refusedByModel = [] }: ServerRules,
  { model, facts }: Model,
): readonly string[] {
  const rule = refusedByModel.find(({ models }) => models.test(model));
  if (!rule) return refused;
  return [...refused, ...(facts ? rule.refused.filter((name) => !SAMPLING.has(name)) : rule.refused)];
}

/**
 * Whether a request in the dialect means to this server what it means to OpenAI, so that its bytes may pass. It does
 * not where it holds a field that the server refuses or has under another name: then it is written anew.
 */
export function speaksTo(rules: ServerRules, { wire }: Pick<RawCall, 'wire'>, model: Model): boolean {
  const { refused, renamed } = obstaclesOf(rules, model);
  // More than one answer has no other form than this.
  if (typeof wire.n === 'number' && wire.n > 1) return !refused.has('n');
  for (const name in wire) if ((refused.has(name) || renamed.has(name)) && isGiven(wire[name])) return false;
  return knowsValues(rules, wire) && knowsMessages(rules, wire.messages);
}

/** The fields with which a request cannot pass. */
interface Obstacles {
  readonly refused: ReadonlySet<string>;
  /** And those for which the server has a form of its own. */
  readonly renamed: ReadonlySet<string>;
}

const known = new WeakMap<ServerRules, WeakMap<Model, Obstacles>>();

/** Remembered by server and model: a request has few of the many fields, and every request has the same obstacles. */
function obstaclesOf(rules: ServerRules, model: Model): Obstacles {
  let models = known.get(rules);
  if (!models) known.set(rules, (models = new WeakMap()));
  let obstacles = models.get(model);
  if (!obstacles) {
    const { foreign = [], renamed = {} } = rules;
    obstacles = { refused: new Set(refusedBy(rules, model)), renamed: new Set([...foreign, ...Object.keys(renamed)]) };
    models.set(model, obstacles);
  }
  return obstacles;
}

/** Fields that the server has, but not with every value. */
function knowsValues(rules: ServerRules, wire: JsonObject): boolean {
  const { reasoning_effort: effort, response_format: format, service_tier: tier, tool_choice: choice } = wire;
  const levels: readonly unknown[] = rules.reasoning.effort?.levels ?? [];
  if (isGiven(effort) && !levels.includes(effort)) return false;
  const asked = isJsonObject(format) ? format.type : undefined;
  if ((rules.schemas && asked === 'json_schema') || (rules.plainJson && asked === 'json_object')) return false;
  if (rules.serviceTiers && isGiven(tier) && rules.serviceTiers[String(tier)] !== tier) return false;
  if (rules.choices && isGiven(choice) && !rules.choices.includes(choice as ToolChoice['type'])) return false;
  return rules.streamOptions === true || !isGiven(wire.stream_options);
}

/** Fields of an assistant's message that every server takes. */
const ASSISTANT: ReadonlySet<string> = new Set(['role', 'content', 'tool_calls']);

function knowsMessages(rules: ServerRules, messages: unknown): boolean {
  const { strictMessages, reasoningHistory: history, documents, alternates } = rules;
  const isAtEase = !strictMessages && history?.fill === undefined && !documents && !alternates;
  if (isAtEase || !Array.isArray(messages)) return true;
  if (alternates && !isAlternating(messages)) return false;
  return messages.every((message: unknown) => {
    if (!isJsonObject(message)) return true;
    if (documents && Array.isArray(message.content) && message.content.some(isFile)) return false;
    if (message.role !== 'assistant') return true;
    if (history?.fill !== undefined && isGiven(message.tool_calls) && typeof message[history.field] !== 'string')
      return false;
    return !strictMessages || Object.keys(message).every((key) => ASSISTANT.has(key) || key === history?.field);
  });
}

function isAlternating(messages: readonly unknown[]): boolean {
  return messages.every(
    (message, i) => !isJsonObject(message) || !isSpoken(message) || message.role !== roleOf(messages[i - 1]),
  );
}

function isSpoken({ role }: JsonObject): boolean {
  return role === 'user' || role === 'assistant';
}

function roleOf(message: unknown): unknown {
  return isJsonObject(message) ? message.role : undefined;
}

function isFile(part: unknown): boolean {
  return isJsonObject(part) && part.type === 'file';
}

/** Whether a request has one of these fields. */
export function holdsAny(wire: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => isGiven(wire[name]));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export interface FieldsForServer {
  readonly fields: JsonObject;
  readonly dropped: readonly Adjustment[];
}

/** Leaves out what is refused, and gives the rest the server's names. Fields that are `undefined` are not there. */
export function fieldsFor(
  { refused = [], renamed = {} }: Pick<ServerRules, 'refused' | 'renamed'>,
  wished: JsonObject,
): FieldsForServer {
  const fields: Record<string, unknown> = { ...wished };
  const dropped: Adjustment[] = [];
  for (const name of refused) {
    if (fields[name] === undefined) continue;
    fields[name] = undefined;
    dropped.push({ parameter: name, action: 'dropped' });
  }
  for (const name in renamed) {
    if (fields[name] === undefined) continue;
    fields[renamed[name] ?? name] = fields[name];
    fields[name] = undefined;
  }
  return { fields, dropped };
}

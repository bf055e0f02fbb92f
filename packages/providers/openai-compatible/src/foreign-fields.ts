import type { JsonObject, RawCall, Target } from '@sluice/contract';
import type { ServerRules } from './rules.js';

type Model = Pick<Target, 'model' | 'facts'>;

/** What the catalogue decides where it knows the model: by then, what is refused of these is gone from the call. */
const SAMPLING: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'seed',
  'stop',
]);

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
  if (rules.passes === false) return false;
  const refused = refusedBy(rules, model);
  // More than one answer has no other form than this.
  if (typeof wire.n === 'number' && wire.n > 1) return !refused.includes('n');
  const { foreign = [], renamed = {}, streamOptions } = rules;
  if (!streamOptions && isGiven(wire.stream_options)) return false;
  return !holdsAny(wire, refused) && !holdsAny(wire, foreign) && !holdsAny(wire, Object.keys(renamed));
}

function holdsAny(wire: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => isGiven(wire[name]));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

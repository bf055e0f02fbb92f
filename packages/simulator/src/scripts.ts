import { z } from 'zod';
import { matchesName } from './faults/fault-book.js';
import { say, type Steps } from './behaviours.js';
import type { Question } from './question.js';

const call = z.strictObject({
  name: z.string().min(1).describe('The tool. The first that is offered where several are named, parted by `|`.'),
  arguments: z.union([z.record(z.string(), z.unknown()), z.string()]).describe('Text for a tool that takes free text.'),
});

const turn = z.strictObject({
  reasoning: z.string().optional(),
  text: z.string().optional(),
  calls: z.array(call).optional(),
});

/** A conversation that is played as it stands, whatever the caller says. */
export const script = z.strictObject({
  models: z.array(z.string().min(1)).optional().describe('Models that play it, `*` standing for anything.'),
  turns: z.array(turn).min(1),
  json: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('What a question with a schema and no tools is answered.'),
});
export const scripts = z.record(z.string(), script);
export type Script = z.infer<typeof script>;

/** The scripts of one simulator, by name. */
export interface ScriptBook {
  readonly scripts: Readonly<Record<string, Script>>;
  set(scripts: Readonly<Record<string, Script>>): void;
  /** The script with this name, or the first that this model plays. */
  find(model: string, name: string | undefined): Script | undefined;
}

export function createScriptBook(initial: Readonly<Record<string, Script>> = {}): ScriptBook {
  let current = initial;
  return {
    get scripts() {
      return current;
    },
    set: (next) => void (current = next),
    find: (model, name) =>
      name === undefined
        ? Object.values(current).find(({ models }) => models?.some((pattern) => matchesName(pattern, model)))
        : current[name],
  };
}

/** Plays the turn that is due: as many turns have passed as the conversation has answers. The last one lasts. */
export function* playScript({ turns, json }: Script, question: Question): Steps {
  if (json && question.schema && question.tools.length === 0) {
    yield* say(JSON.stringify(json));
    yield { type: 'finish', reason: 'stop' };
    return;
  }
  const { reasoning, text, calls = [] } = turns[Math.min(question.turns, turns.length - 1)] ?? {};
  if (reasoning !== undefined) yield { type: 'reasoning', text: reasoning };
  if (text !== undefined) yield* say(restOf(text, question));
  for (const { name, arguments: given } of calls) {
    const names = name.split('|');
    const offered = question.tools.find((tool) => names.includes(tool.name));
    const custom = offered?.custom ?? typeof given === 'string';
    const json = typeof given === 'string' ? given : JSON.stringify(given);
    yield { type: 'tool-call', name: offered?.name ?? names[0] ?? name, json, ...(custom && { custom }) };
  }
  yield { type: 'finish', reason: calls.length > 0 ? 'tool-calls' : 'stop' };
}

/** A text that the caller has begun is not begun again. */
function restOf(text: string, { prefill = '' }: Question): string {
  return text.startsWith(prefill) ? text.slice(prefill.length) : text;
}

import { objects, textOr, type JsonObject } from '../../question.js';
import { refuse } from '../../steps.js';

/** Throws unless every call is answered in the turn that follows it, before anything else there, and every result has its call. */
export function checkToolTurns(messages: readonly JsonObject[]): void {
  const turns = toTurns(messages);
  const ids = new Set<string>();
  turns.forEach((message, index) => {
    const called = callsOf(message);
    called.forEach((id) => {
      if (ids.has(id)) refuse(`messages.${index}: \`tool_use\` ids must be unique`);
      ids.add(id);
      if (!/^[a-zA-Z0-9_-]+$/.test(id)) {
        refuse(`messages.${index}.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
      }
    });
    checkAnswered(called, turns[index + 1], index);
    checkResults(message, callsOf(turns[index - 1]), index);
  });
}

function checkAnswered(called: readonly string[], next: JsonObject | undefined, index: number): void {
  if (called.length === 0) return;
  const blocks = objects(next?.['content']);
  // Results that come after something else are as good as none.
  const end = blocks.findIndex(({ type }) => type !== 'tool_result');
  const leading = end < 0 ? blocks : blocks.slice(0, end);
  const answered = leading.map(({ tool_use_id: id }) => id);
  const open = called.filter((id) => !answered.includes(id));
  if (open.length > 0) {
    refuse(
      `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    );
  }
}

function checkResults({ content }: JsonObject, called: readonly string[], index: number): void {
  objects(content).forEach(({ type, tool_use_id: id }, at) => {
    if (type !== 'tool_result' || called.includes(textOr(id, ''))) return;
    refuse(
      `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${textOr(id, '')}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  });
}

function callsOf(message: JsonObject | undefined): readonly string[] {
  if (message?.['role'] !== 'assistant') return [];
  return objects(message['content'])
    .filter(({ type }) => type === 'tool_use')
    .map(({ id }) => textOr(id, ''));
}

/** Messages of one role that follow each other are one turn. */
function toTurns(messages: readonly JsonObject[]): readonly JsonObject[] {
  const turns: JsonObject[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message['role'] === 'system') continue;
    if (last?.['role'] !== message['role']) turns.push(message);
    else
      turns[turns.length - 1] = {
        ...message,
        content: [...objects(last?.['content']), ...objects(message['content'])],
      };
  }
  return turns;
}

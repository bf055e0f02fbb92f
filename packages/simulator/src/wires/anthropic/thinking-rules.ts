import { isSigned, unseal } from '../../signer.js';
import { objects, textOr, type JsonObject } from '../../question.js';
import { refuse } from '../../steps.js';

/** Throws for thinking that the stand-in did not sign or that was changed since, and where a turn with calls lacks it. */
export function checkThinkingBlocks(messages: readonly JsonObject[], thinking: boolean): void {
  messages.forEach(({ role, content }, index) => {
    objects(content).forEach((block, at) => checkBlock(block, `messages.${index}.content.${at}`, role));
  });
  if (thinking) checkLeading(messages);
}

function checkBlock(block: JsonObject, place: string, role: unknown): void {
  const { type } = block;
  if (type !== 'thinking' && type !== 'redacted_thinking') return;
  if (role !== 'assistant') refuse(`${place}: \`${type}\` blocks may only be in \`assistant\` messages`);
  if (type === 'thinking' && !isSigned('anthropic', textOr(block['thinking'], ''), textOr(block['signature'], ''))) {
    refuse(`${place}: Invalid \`signature\` in \`thinking\` block`);
  }
  if (type === 'redacted_thinking' && unseal('anthropic', textOr(block['data'], '')) === undefined) {
    refuse(`${place}: Invalid \`data\` in \`redacted_thinking\` block`);
  }
}

/** A turn whose calls are being answered keeps its thinking, and keeps it first. */
function checkLeading(messages: readonly JsonObject[]): void {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const blocks = objects(messages[last]?.['content']);
  const first = textOr(blocks[0]?.['type'], 'text');
  const isAnswering = blocks.some(({ type }) => type === 'tool_use') && last < messages.length - 1;
  const isPrefill = last === messages.length - 1 && last >= 0;
  if ((!isAnswering && !isPrefill) || first === 'thinking' || first === 'redacted_thinking') return;
  refuse(
    `messages.${last}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`,
  );
}

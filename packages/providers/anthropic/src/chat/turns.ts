import { gatewayError } from '@sluice/contract';
import type { AssistantMessage, GatewayError, Message, TextPart } from '@sluice/contract';
import { adjusted, droppedAsides } from '@sluice/toolkit';
import { toThinkingBlock } from '@sluice/toolkit/anthropic-wire';
import { writableCitations, writeAssistantPart, writeSystemText, writeToolResult, writeUserPart } from './blocks.js';
import type { Block } from './blocks.js';
import type { ModelFamily } from './model-family.js';
import type { Plan } from './plan.js';

interface Turn {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: Block[];
}

/** What of a conversation the model and the version of the API take. */
export interface TurnRules extends Pick<ModelFamily, 'midSystem' | 'prefill'> {
  /** Whether text of the user may carry citations. */
  readonly userCitations: boolean;
}

/**
 * The conversation in this wire's terms: the system prompt in its own field, roles that alternate, results of tools first
 * in their turn. Blocks of blank text are left out, because the vendor refuses them. Throws `invalid_value` for content
 * that has no form here, and for an answer begun in advance where the model does not take one.
 */
export function planTurns(messages: readonly Message[], rules: TurnRules): Plan {
  const conversation = new Conversation(rules);
  for (const message of messages) conversation.add(message);
  const { system, turns, moved } = conversation.end();
  if (!rules.prefill && isPrefill(turns.at(-1))) throw noPrefill(messages.length - 1);
  return {
    fields: { ...(system.length === 0 ? {} : { system }), messages: turns.map(resultsFirst) },
    adjustments: [
      ...(moved ? adjusted('messages', 'changed') : []),
      ...(messages.some(losesReasoning) ? adjusted('reasoning_content', 'dropped') : []),
      ...droppedAsides({ messages }, ['image_url.detail']),
      ...(messages.some((message) => losesCitations(message, rules)) ? adjusted('citations', 'dropped') : []),
    ],
  };
}

/**
 * Puts turns together. Instructions in the middle of a conversation stand where the vendor wants them, behind a turn of
 * the user and before the assistant's, where the model knows them at all; in the system prompt otherwise.
 * https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages
 */
class Conversation {
  readonly #rules: TurnRules;
  readonly #system: Block[] = [];
  readonly #turns: Turn[] = [];
  /** Instructions that wait for the user's turn to end. */
  #waiting: Block[] = [];
  #moved = false;

  constructor(rules: TurnRules) {
    this.#rules = rules;
  }

  add(message: Message): void {
    switch (message.role) {
      case 'system':
        return this.#instruct(message.content.flatMap(writeSystemText));
      case 'user':
        return this.#say(message.content.flatMap((part) => writeUserPart(part, this.#rules.userCitations)));
      case 'tool':
        return this.#say([writeToolResult(message, this.#rules.userCitations)]);
      case 'assistant':
        return this.#answer(message);
    }
  }

  end(): { readonly system: readonly Block[]; readonly turns: readonly Turn[]; readonly moved: boolean } {
    this.#placeWaiting();
    return { system: this.#system, turns: this.#turns, moved: this.#moved };
  }

  #instruct(blocks: readonly Block[]): void {
    if (this.#turns.length === 0) return void this.#system.push(...blocks);
    if (this.#rules.midSystem) return void this.#waiting.push(...blocks);
    this.#moved ||= blocks.length > 0;
    this.#system.push(...blocks);
  }

  #say(blocks: readonly Block[]): void {
    // What the user says next comes before the instruction, which has to end the user's turn.
    if (blocks.length > 0 && this.#waiting.length > 0) this.#moved = true;
    this.#append('user', blocks);
  }

  #answer({ content }: AssistantMessage): void {
    const blocks = content.flatMap(writeAssistantPart);
    if (blocks.length === 0) return;
    this.#placeWaiting();
    this.#append('assistant', blocks);
  }

  #placeWaiting(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    const last = this.#turns.at(-1);
    if (last?.role === 'user' || endsInServerTool(last)) return void this.#append('system', waiting);
    this.#moved = true;
    this.#system.push(...waiting);
  }

  #append(role: Turn['role'], blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    const last = this.#turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else this.#turns.push({ role, content: [...blocks] });
  }
}

function resultsFirst(turn: Turn): Turn {
  if (turn.role !== 'user') return turn;
  const firstOther = turn.content.findIndex((block) => !isResult(block));
  if (firstOther < 0 || !turn.content.slice(firstOther).some(isResult)) return turn;
  const others = turn.content.filter((block) => !isResult(block));
  return { role: turn.role, content: [...turn.content.filter(isResult), ...others] };
}

function isResult({ type }: Block): boolean {
  return type === 'tool_result';
}

/** A turn that the vendor paused over tools of its own goes on; any other that comes last is an answer begun for it. */
function isPrefill(turn: Turn | undefined): boolean {
  return turn?.role === 'assistant' && !turn.content.some(isOfServerTool);
}

function endsInServerTool(turn: Turn | undefined): boolean {
  const last = turn?.role === 'assistant' ? turn.content.at(-1) : undefined;
  return last !== undefined && isOfServerTool(last);
}

function isOfServerTool({ type }: Block): boolean {
  return typeof type === 'string' && /^(?:server|mcp)_tool_use$|\w_tool_result$/.test(type);
}

function noPrefill(index: number): GatewayError {
  const param = `messages.${index}`;
  const message = `${param}: This model does not go on with an answer that was begun for it.`;
  return gatewayError('invalid_value', { message, details: { param } });
}

function losesReasoning(message: Message): boolean {
  if (message.role !== 'assistant') return false;
  return message.content.some((part) => part.type === 'reasoning' && toThinkingBlock(part) === undefined);
}

function losesCitations({ role, content }: Message, { userCitations }: TurnRules): boolean {
  const citable = role === 'assistant' || (role !== 'system' && userCitations);
  return content.some((part) => part.type === 'text' && loses(part, citable));
}

function loses(part: TextPart, citable: boolean): boolean {
  return part.citations !== undefined && writableCitations(part, citable).length < part.citations.length;
}

import type { AssistantPart, JsonObject, ReasoningPart, VendorState } from '@sluice/contract';
import { readSealed, writeSealed } from '@sluice/toolkit';
import type { SealedState } from '@sluice/toolkit';
import { ANTHROPIC_MESSAGES, toThinkingBlock, toToolUseId } from '@sluice/toolkit/anthropic-wire';

/**
 * State that another vendor wants back with its turn. Clients of this dialect send `thinking` and `redacted_thinking`
 * blocks back as they came, and look into neither a signature nor data:
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */

/** The block of reasoning, with the signature of whichever vendor it is; nothing for one that nobody signed. */
export function toSignedBlock(part: ReasoningPart): ReturnType<typeof toThinkingBlock> {
  const own = toThinkingBlock(part);
  if (own || !isForeign(part.opaque)) return own;
  return { type: 'thinking', thinking: part.text, signature: writeSealed({ state: part.opaque }) };
}

/** What a state belongs to: a call, the text or picture before it, or nothing but itself. */
type Holder = 'before' | 'part' | { readonly call: string };

/** The block that stands behind what the state belongs to; none where there is no foreign one. */
export function toStateBlock(state: VendorState | undefined, holder: Holder): JsonObject | undefined {
  return isForeign(state)
    ? { type: 'redacted_thinking', data: writeSealed({ state, on: toPlace(holder) }) }
    : undefined;
}

function toPlace(holder: Holder): NonNullable<SealedState['on']> {
  if (holder === 'before') return 'text';
  return holder === 'part' ? holder : { call: toToolUseId(holder.call) };
}

function isForeign(state: VendorState | undefined): state is VendorState {
  return state !== undefined && state.kind !== ANTHROPIC_MESSAGES;
}

/** The parts of a turn, each with its state again. `toPart` reads a block that holds no foreign one. */
export function readTurn<Block extends JsonObject>(
  blocks: readonly Block[],
  toPart: (block: Block) => AssistantPart,
): readonly AssistantPart[] {
  const parts: AssistantPart[] = [];
  const ofCalls = new Map<string, VendorState>();
  for (const block of blocks) {
    const sealed = sealedIn(block);
    if (!sealed) parts.push(toPart(block));
    else if (typeof sealed.on === 'object') ofCalls.set(sealed.on.call, sealed.state);
    else addSealed(parts, block, sealed);
  }
  if (ofCalls.size === 0) return parts;
  return parts.map((part) => {
    const opaque = part.type === 'tool-call' ? ofCalls.get(part.id) : undefined;
    return opaque ? ({ ...part, opaque } as AssistantPart) : part;
  });
}

function sealedIn({ type, signature, data }: JsonObject): SealedState | undefined {
  if (type === 'thinking' && typeof signature === 'string') return readSealed(signature);
  return type === 'redacted_thinking' && typeof data === 'string' ? readSealed(data) : undefined;
}

function addSealed(parts: AssistantPart[], { thinking }: JsonObject, { state, on }: SealedState): void {
  const last = parts.at(-1);
  if (on === undefined) {
    parts.push({ type: 'reasoning', text: typeof thinking === 'string' ? thinking : '', opaque: state });
  } else if (on === 'part') parts.push({ type: 'vendor', state });
  else if (last?.type === 'text' || last?.type === 'image') parts[parts.length - 1] = { ...last, opaque: state };
}

import type { VendorState } from '@sluice/contract';
import { isJsonObject, tryParseJson } from '@sluice/toolkit';
import type {
  CustomCallItem,
  FunctionCallItem,
  MessageItem,
  ReasoningItem,
  RefusalContent,
  TextContent,
} from './output-items.js';
import { STATELESS, sealState } from './sealed-state.js';

/** A part that is being written: where it stands, and the item that it is in. */
export type OpenPart =
  | { readonly kind: 'content'; readonly at: number; readonly item: MessageItem; readonly place: number }
  | { readonly kind: 'reasoning'; readonly at: number; readonly item: ReasoningItem }
  | { readonly kind: 'call'; readonly at: number; readonly item: FunctionCallItem }
  | { readonly kind: 'custom'; readonly at: number; readonly item: CustomCallItem; json: string };
type Part<Kind extends OpenPart['kind']> = Extract<OpenPart, { kind: Kind }>;

export type Emit = (type: string, fields: object) => void;

/** Completes a part, and its item where it has one to itself; reasoning takes along what its vendor wants back. */
export function closePart(part: OpenPart, opaque: VendorState | undefined, emit: Emit): void {
  switch (part.kind) {
    case 'content':
      return closeContent(part, emit);
    case 'reasoning':
      return closeReasoning(part, opaque, emit);
    case 'call':
      return closeCall(part, emit);
    case 'custom':
      return closeCustom(part, emit);
  }
}

function closeContent({ item, at, place }: Part<'content'>, emit: Emit): void {
  const content = item.content[place] as TextContent | RefusalContent;
  const where = { item_id: item.id, output_index: at, content_index: place };
  if (content.type === 'output_text') {
    emit('response.output_text.done', { ...where, text: content.text, logprobs: content.logprobs });
  } else emit('response.refusal.done', { ...where, refusal: content.refusal });
  emit('response.content_part.done', { ...where, part: content });
}

function closeReasoning({ item, at }: Part<'reasoning'>, opaque: VendorState | undefined, emit: Emit): void {
  const [shown] = item.summary;
  if (shown) {
    const where = { item_id: item.id, output_index: at, summary_index: 0 };
    emit('response.reasoning_summary_text.done', { ...where, text: shown.text });
    emit('response.reasoning_summary_part.done', { ...where, part: shown });
  }
  item.encrypted_content = opaque ? sealState({ state: opaque }) : STATELESS;
  emit('response.output_item.done', { output_index: at, item });
}

function closeCall({ item, at }: Part<'call'>, emit: Emit): void {
  item.status = 'completed';
  const where = { item_id: item.id, output_index: at };
  emit('response.function_call_arguments.done', { ...where, name: item.name, arguments: item.arguments });
  emit('response.output_item.done', { output_index: at, item });
}

/** Its text is known only now: before, it was the inside of a JSON string. */
function closeCustom({ item, at, json }: Part<'custom'>, emit: Emit): void {
  item.status = 'completed';
  item.input = readFreeText(json);
  const where = { item_id: item.id, output_index: at };
  emit('response.custom_tool_call_input.delta', { ...where, delta: item.input });
  emit('response.custom_tool_call_input.done', { ...where, input: item.input });
  emit('response.output_item.done', { output_index: at, item });
}

/** The text of a call that was asked for as a function of one text; a model that wrote it bare is taken at its word. */
function readFreeText(json: string): string {
  const held = tryParseJson(json);
  return isJsonObject(held) && typeof held.input === 'string' ? held.input : json;
}

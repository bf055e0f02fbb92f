import type { AssistantPart, ChatEvent, ChatResult, TokenLogprob } from '@sluice/contract';

/** A streamed answer as the plain answer it amounts to. Throws where the events break the order that `ChatEvent` states. */
export function foldEvents(events: readonly ChatEvent[]): ChatResult {
  const [start, ...rest] = events;
  const finish = rest.pop();
  if (start?.type !== 'start' || finish?.type !== 'finish') throw new Error('Events run from one start to one finish.');
  const parts = new Map<number, OpenPart>();
  const logprobs: TokenLogprob[] = [];
  let usage: ChatResult['usage'];
  for (const event of rest) {
    if (event.type === 'start' || event.type === 'finish') throw new Error(`A second ${event.type} came.`);
    if (event.type === 'usage') usage = event.usage;
    else addToPart(parts, event);
    if (event.type === 'text-delta') logprobs.push(...(event.logprobs ?? []));
  }
  const unclosed = [...parts].filter(([, { closed }]) => !closed);
  if (unclosed.length > 0) throw new Error(`Part ${unclosed[0]?.[0]} never ended.`);
  return {
    id: start.id,
    model: start.model,
    content: [...parts.values()].map(({ part }) => part),
    finish: finish.finish,
    ...(usage && { usage }),
    ...(logprobs.length > 0 && { logprobs }),
    ...(finish.serviceTier !== undefined && { serviceTier: finish.serviceTier }),
  };
}

interface OpenPart {
  readonly part: AssistantPart;
  readonly closed: boolean;
}
type PartEvent = Exclude<ChatEvent, { readonly type: 'start' | 'finish' | 'usage' }>;

function addToPart(parts: Map<number, OpenPart>, event: PartEvent): void {
  const known = parts.get(event.index);
  if (known?.closed) throw new Error(`${event.type} came after the end of part ${event.index}.`);
  if (!known) checkMayOpen(parts, event);
  const closed = event.type === 'part-end' || event.type === 'part';
  parts.set(event.index, { part: extend(known?.part, event), closed });
}

/** Only tool calls may be open beside each other. */
function checkMayOpen(parts: Map<number, OpenPart>, event: PartEvent): void {
  const open = [...parts.values()].filter(({ closed }) => !closed);
  const allowed = event.type === 'tool-start' && open.every(({ part }) => part.type === 'tool-call');
  if (open.length > 0 && !allowed) throw new Error(`Part ${event.index} opened while another was open.`);
}

function extend(part: AssistantPart | undefined, event: PartEvent): AssistantPart {
  switch (event.type) {
    case 'tool-start':
      if (part) throw new Error(`Part ${event.index} started twice.`);
      return withOpaque({ type: 'tool-call', id: event.id, name: event.name, json: '' }, event);
    case 'tool-delta':
      if (part?.type !== 'tool-call') throw new Error(`Part ${event.index} is no tool call.`);
      return { ...part, json: part.json + event.json };
    case 'text-delta':
      return withText(part ?? { type: 'text', text: '' }, 'text', event);
    case 'reasoning-delta':
      return withText(part ?? { type: 'reasoning', text: '' }, 'reasoning', event);
    case 'refusal-delta':
      return withText(part ?? { type: 'refusal', text: '' }, 'refusal', event);
    case 'citation':
      if (part?.type !== 'text') throw new Error(`Part ${event.index} is no text to cite for.`);
      return { ...part, citations: [...(part.citations ?? []), event.citation] };
    case 'part':
      if (part) throw new Error(`Part ${event.index} came twice.`);
      return event.part;
    case 'part-end':
      return withOpaque(part ?? { type: 'reasoning', text: '' }, event);
  }
}

interface TextEvent {
  readonly index: number;
  readonly text: string;
}
function withText(part: AssistantPart, kind: 'text' | 'reasoning' | 'refusal', event: TextEvent): AssistantPart {
  if (part.type !== kind) throw new Error(`Part ${event.index} changed from ${part.type} to ${kind}.`);
  return { ...part, text: part.text + event.text };
}

type OpaqueEvent = PartEvent & { readonly type: 'part-end' | 'tool-start' };
function withOpaque(part: AssistantPart, { opaque }: OpaqueEvent): AssistantPart {
  if (!opaque) return part;
  if (part.type === 'reasoning' || part.type === 'text' || part.type === 'tool-call') return { ...part, opaque };
  throw new Error(`A ${part.type} carries no state of a vendor.`);
}

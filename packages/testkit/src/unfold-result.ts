import type { AssistantPart, ChatEvent, ChatResult } from '@sluice/contract';

/** A plain answer as the events of a stream that says the same, each part in one delta: what `foldEvents` takes back. */
export function unfoldResult({ id, model, content, finish, usage, serviceTier }: ChatResult): readonly ChatEvent[] {
  return [
    { type: 'start', id, model },
    ...content.flatMap(unfoldPart),
    ...(usage ? [{ type: 'usage', usage } as const] : []),
    { type: 'finish', finish, ...(serviceTier === undefined ? {} : { serviceTier }) },
  ];
}

function unfoldPart(part: AssistantPart, index: number): readonly ChatEvent[] {
  const end: ChatEvent = { type: 'part-end', index };
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-delta', index, text: part.text },
        ...(part.citations ?? []).map((citation): ChatEvent => ({ type: 'citation', index, citation })),
        withState(end, part),
      ];
    case 'refusal':
      return [{ type: 'refusal-delta', index, text: part.text }, end];
    case 'reasoning':
      return [{ type: 'reasoning-delta', index, text: part.text }, withState(end, part)];
    case 'tool-call': {
      const { id, name, json } = part;
      return [withState({ type: 'tool-start', index, id, name }, part), { type: 'tool-delta', index, json }, end];
    }
    case 'image':
    case 'audio':
    case 'vendor':
      return [{ type: 'part', index, part }];
  }
}

function withState(event: ChatEvent, { opaque }: Extract<AssistantPart, { readonly opaque?: unknown }>): ChatEvent {
  return opaque ? ({ ...event, opaque } as ChatEvent) : event;
}

import type { Target } from '@sluice/contract';
import { createChat as createGeminiChat } from '@sluice/provider-google/internal';
import type { StreamedChat } from '@sluice/provider-google/internal';
import type { Account } from './account.js';
import { createClaudeChat } from './claude/chat.js';
import { toGeminiApi } from './gemini.js';
import { readModel } from './model.js';
import type { Wire } from './model.js';
import { createOpenModelChat } from './open-models.js';

/** Chat with whichever model is asked, in the form that its publisher gave it. */
export function createChat(account: Account): StreamedChat {
  const chats: Readonly<Record<Wire, StreamedChat>> = {
    gemini: onlyGemini(createGeminiChat(toGeminiApi(account))),
    claude: createClaudeChat(account),
    openai: createOpenModelChat(account),
  };
  const chatWith = ({ model }: Target): StreamedChat => chats[readModel(model).wire];
  const all = Object.values(chats);
  return {
    features: new Set(all.flatMap(({ features }) => [...features])),
    encode: (request, target) => chatWith(target).encode(request, target),
    decode: (body, head, target) => chatWith(target).decode(body, head, target),
    stream: { framing: 'sse', open: (head, target) => chatWith(target).stream.open(head, target) },
    passthroughs: all.flatMap(({ passthroughs = [] }) => passthroughs),
  };
}

/** Elsewhere the API has Google's models only, so that its pass-through need not ask whose a model is. */
function onlyGemini(chat: StreamedChat): StreamedChat {
  const serves = (model: string): boolean => readModel(model).wire === 'gemini';
  return { ...chat, passthroughs: (chat.passthroughs ?? []).map((passthrough) => ({ ...passthrough, serves })) };
}

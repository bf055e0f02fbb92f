import type { AssistantPart, ChatRequest, Message, UserPart } from '@sluice/contract';

/** A request that asks for one thing beside its question. */
export type Asked = Partial<ChatRequest>;

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
const TOOL = { name: 'look', description: 'Looks.', schema: SCHEMA };
const PIXEL = { kind: 'base64', mediaType: 'image/png', base64: 'iVBORw0KGgo=' } as const;
const PAPER = { kind: 'base64', mediaType: 'application/pdf', base64: 'JVBERi0=' } as const;
const URL = { kind: 'url', url: 'https://example.com/a' } as const;

type Fields = Exclude<keyof ChatRequest, 'messages' | 'stream'>;

/** Every field of a canonical request, in the forms that vendors tell apart. */
const FIELDS: Readonly<Record<Fields, Readonly<Record<string, Asked>>>> = {
  maxOutputTokens: { maxOutputTokens: { maxOutputTokens: 4_000 } },
  temperature: { temperature: { temperature: 0.7 } },
  topP: { topP: { topP: 0.9 } },
  topK: { topK: { topK: 5 } },
  stop: { stop: { stop: ['x'] } },
  seed: { seed: { seed: 7 } },
  frequencyPenalty: { frequencyPenalty: { frequencyPenalty: 0.5 } },
  presencePenalty: { presencePenalty: { presencePenalty: 0.5 } },
  tools: { tools: { tools: [TOOL] }, 'tools, strict': { tools: [{ ...TOOL, strict: true }] } },
  vendorTools: { 'tools of another vendor': { vendorTools: [{ kind: 'another', data: { type: 'search' } }] } },
  toolChoice: {
    'toolChoice `none`': { tools: [TOOL], toolChoice: { type: 'none' } },
    'toolChoice `required`': { tools: [TOOL], toolChoice: { type: 'required' } },
    'toolChoice of one tool': { tools: [TOOL], toolChoice: { type: 'tool', name: 'look' } },
  },
  parallelToolCalls: { 'parallelToolCalls `false`': { tools: [TOOL], parallelToolCalls: false } },
  responseFormat: {
    'responseFormat `json`': { responseFormat: { type: 'json' } },
    'responseFormat `json-schema`': { responseFormat: { type: 'json-schema', name: 'a', schema: SCHEMA } },
  },
  reasoning: {
    'reasoning.effort `low`': { reasoning: { effort: 'low' } },
    'reasoning.effort `none`': { reasoning: { effort: 'none' } },
    'reasoning.budgetTokens': { maxOutputTokens: 4_000, reasoning: { budgetTokens: 2_000 } },
    'reasoning.summary': { reasoning: { effort: 'low', summary: 'concise' } },
  },
  verbosity: { verbosity: { verbosity: 'low' } },
  logprobs: { logprobs: { logprobs: { top: 3 } } },
  serviceTier: { 'serviceTier `flex`': { serviceTier: 'flex' } },
  promptCacheKey: { promptCacheKey: { promptCacheKey: 'k' } },
  user: { user: { user: 'u' } },
  extensions: { 'fields of another dialect': { extensions: { dialect: 'another', fields: { x: 1 } } } },
};

const shown = (part: UserPart): Asked => ({ messages: [{ role: 'user', content: [part] }] });
const earlier = (part: AssistantPart, ...more: readonly Message[]): Asked => ({
  messages: [{ role: 'assistant', content: [part] }, ...more],
});
const CALL: AssistantPart = { type: 'tool-call', id: 'call_1', name: 'look', json: '{"a":"b"}' };
const TEXT = { type: 'text', text: 'done' } as const;

const PARTS: Readonly<Record<string, Asked>> = {
  'image, inline': shown({ type: 'image', source: PIXEL }),
  'image by URL': shown({ type: 'image', source: URL }),
  'image with `detail`': shown({ type: 'image', source: PIXEL, detail: 'low' }),
  'file, inline': shown({ type: 'file', source: PAPER, filename: 'a.pdf' }),
  'file by URL': shown({ type: 'file', source: URL }),
  audio: shown({ type: 'audio', format: 'wav', base64: 'UklGRg==' }),
  'mark of the prompt cache': shown({ type: 'text', text: 'Hi', cache: {} }),
  'result of a tool': earlier(CALL, { role: 'tool', callId: 'call_1', content: [TEXT] }),
  'result of a tool, failed': earlier(CALL, { role: 'tool', callId: 'call_1', content: [TEXT], isError: true }),
  'result of a tool, an image': earlier(CALL, {
    role: 'tool',
    callId: 'call_1',
    content: [{ type: 'image', source: PIXEL }],
  }),
  'earlier refusal': earlier({ type: 'refusal', text: 'No.' }),
  'earlier citations': earlier({ type: 'text', text: 'So.', citations: [{ url: 'https://example.com' }] }),
  'earlier reasoning of another vendor': earlier({
    type: 'reasoning',
    text: 'Hm.',
    opaque: { kind: 'another', data: { signature: 's' } },
  }),
};

/** What can be asked, by the name that the page gives it. */
export const CANONICAL_FIELDS: readonly (readonly [name: string, asked: Asked])[] = [
  ...Object.values(FIELDS).flatMap((forms) => Object.entries(forms)),
  ...Object.entries(PARTS),
];

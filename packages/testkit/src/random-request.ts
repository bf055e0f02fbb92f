import type {
  AssistantPart,
  ChatRequest,
  Message,
  ReasoningEffort,
  ResponseFormat,
  TextPart,
  ToolChoice,
  ToolDefinition,
  UserPart,
  VendorState,
} from '@sluice/contract';

/** Numbers in [0, 1), the same for the same seed: `seededRandom`. */
export type Random = () => number;

export interface RandomRequestOptions {
  /** The kind of the state that the adapter's own answers carry; parts of other vendors come besides. */
  readonly ownState: VendorState;
}

/**
 * Any chat request that a client's dialect could make of a conversation: every field, every part, in every mixture, with
 * words that are hard to write. Calls and their results belong together, and a tool that is chosen by name is there.
 */
export function randomChatRequest(random: Random, options: RandomRequestOptions): ChatRequest {
  const dice = createDice(random);
  const tools = dice.maybe(() => dice.list(3, (position) => randomTool(dice, position)));
  const choice = tools && tools.length > 0 ? dice.maybe(() => randomChoice(dice, tools)) : undefined;
  return {
    messages: randomMessages(dice, options),
    stream: dice.flip(),
    ...randomSampling(dice),
    ...compact({
      tools,
      toolChoice: choice,
      vendorTools: dice.maybe(() => [{ kind: 'suite-other', data: { type: 'search' } }], 0.1),
      parallelToolCalls: dice.maybe(() => dice.flip()),
      responseFormat: dice.maybe(() => randomFormat(dice)),
      reasoning: dice.maybe(() => randomReasoning(dice)),
      verbosity: dice.maybe(() => dice.pick(['low', 'medium', 'high'] as const)),
      logprobs: dice.maybe(() => ({ top: dice.int(0, 20) })),
      serviceTier: dice.maybe(() => dice.pick(['auto', 'flex'])),
      promptCacheKey: dice.maybe(() => dice.text()),
      user: dice.maybe(() => dice.text()),
      extensions: dice.maybe(() => ({ dialect: 'suite-dialect', fields: { suite_field: dice.text(), n: 1 } })),
    }),
  };
}

/** The given fields; an absent one is not there at all. */
type Compact<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function compact<T extends object>(fields: T): Compact<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Compact<T>;
}

interface Dice {
  flip(chance?: number): boolean;
  int(min: number, max: number): number;
  pick<T>(values: readonly T[]): T;
  maybe<T>(make: () => T, chance?: number): T | undefined;
  list<T>(max: number, make: (position: number) => T): readonly T[];
  text(): string;
}

const WORDS = [
  '',
  'a',
  'Hello',
  '🌈',
  'é',
  '\n',
  ' ',
  '"',
  '\\',
  '\u2028',
  '\u0000',
  '{"a":1}',
  '</think>',
  '[DONE]',
  'data: x',
];

function createDice(random: Random): Dice {
  const int = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  const pick = <T>(values: readonly T[]): T => values[int(0, values.length - 1)] as T;
  const flip = (chance = 0.5) => random() < chance;
  const list = <T>(max: number, make: (position: number) => T) =>
    Array.from({ length: int(0, max) }, (_, position) => make(position));
  return {
    int,
    pick,
    flip,
    list,
    maybe: (make, chance) => (flip(chance) ? make() : undefined),
    text: () => list(4, () => pick(WORDS)).join(''),
  };
}

function randomSampling(dice: Dice): Partial<ChatRequest> {
  return compact({
    maxOutputTokens: dice.maybe(() => dice.int(1, 5_000)),
    temperature: dice.maybe(() => dice.int(0, 20) / 10),
    topP: dice.maybe(() => dice.int(0, 100) / 100),
    topK: dice.maybe(() => dice.int(0, 1_000)),
    stop: dice.maybe(() => dice.list(8, () => dice.text())),
    seed: dice.maybe(() => dice.int(-5, 5)),
    frequencyPenalty: dice.maybe(() => dice.int(-20, 20) / 10),
    presencePenalty: dice.maybe(() => dice.int(-20, 20) / 10),
  });
}

function randomTool(dice: Dice, position: number): ToolDefinition {
  const properties = { a: { type: 'string' } };
  const schema = dice.pick([{}, { type: 'object' }, { type: 'object', properties, required: ['a'] }]);
  return {
    name: `tool_${position}`,
    schema,
    ...compact({
      description: dice.maybe(() => dice.text()),
      strict: dice.maybe(() => dice.flip()),
      cache: dice.maybe(() => ({}), 0.1),
    }),
  };
}

function randomChoice(dice: Dice, tools: readonly ToolDefinition[]): ToolChoice {
  const type = dice.pick(['auto', 'none', 'required', 'tool'] as const);
  return type === 'tool' ? { type, name: dice.pick(tools).name } : { type };
}

function randomFormat(dice: Dice): ResponseFormat {
  const type = dice.pick(['text', 'json', 'json-schema'] as const);
  if (type !== 'json-schema') return { type };
  return { type, name: 'n', schema: { type: 'object' }, ...compact({ description: dice.maybe(() => dice.text()) }) };
}

function randomReasoning(dice: Dice): NonNullable<ChatRequest['reasoning']> {
  const efforts: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
  return compact({
    effort: dice.maybe(() => dice.pick(efforts)),
    budgetTokens: dice.maybe(() => dice.int(0, 20_000)),
    summary: dice.maybe(() => dice.pick(['auto', 'concise', 'detailed', 'none'] as const)),
  });
}

/** Turns in any order; behind a turn that calls tools stand the results. */
function randomMessages(dice: Dice, options: RandomRequestOptions): readonly Message[] {
  return dice
    .list(4, (turn) => randomTurn(dice, turn, options))
    .flat()
    .concat([{ role: 'user', content: [{ type: 'text', text: dice.text() }] }]);
}

function randomTurn(dice: Dice, turn: number, options: RandomRequestOptions): readonly Message[] {
  switch (dice.pick(['system', 'user', 'assistant', 'assistant'] as const)) {
    case 'system':
      return [{ role: 'system', content: dice.list(2, () => randomText(dice, options)) }];
    case 'user':
      return [{ role: 'user', content: dice.list(3, () => randomUserPart(dice, options)) }];
    case 'assistant': {
      const content = dice.list(4, (position) => randomAssistantPart(dice, `call_${turn}_${position}`, options));
      const results = content.flatMap((part) =>
        part.type === 'tool-call' ? [randomResult(dice, part.id, options)] : [],
      );
      return [{ role: 'assistant', content }, ...results];
    }
  }
}

function randomResult(dice: Dice, callId: string, options: RandomRequestOptions): Message {
  const content = dice.list(2, () => randomUserPart(dice, options));
  return { role: 'tool', callId, content, ...compact({ isError: dice.maybe(() => dice.flip()) }) };
}

function randomText(dice: Dice, { ownState }: RandomRequestOptions): TextPart {
  const citation = () => compact({ url: 'https://example.com/', opaque: dice.maybe(() => ownState) });
  return {
    type: 'text',
    text: dice.text(),
    ...compact({
      citations: dice.maybe(() => dice.list(2, citation), 0.2),
      cache: dice.maybe(() => ({ ttl: '1h' as const }), 0.1),
    }),
  };
}

function randomUserPart(dice: Dice, options: RandomRequestOptions): UserPart {
  switch (dice.pick(['text', 'text', 'text', 'image', 'audio', 'file', 'vendor'] as const)) {
    case 'text':
      return randomText(dice, options);
    case 'image':
      return { type: 'image', source: randomSource(dice), ...compact({ detail: dice.maybe(() => 'low' as const) }) };
    case 'audio':
      return { type: 'audio', format: 'wav', base64: 'UklGRg==' };
    case 'file':
      return { type: 'file', source: randomSource(dice) };
    case 'vendor':
      return { type: 'vendor', state: { kind: 'suite-other', data: 1 } };
  }
}

function randomSource(dice: Dice): Extract<UserPart, { readonly type: 'image' }>['source'] {
  return dice.pick([
    { kind: 'base64', mediaType: 'image/png', base64: 'iVBORw0KGgo=' },
    { kind: 'base64', mediaType: 'image/png', base64: 'iVBORw0KGgo=' },
    { kind: 'url', url: 'https://example.com/a.png' },
    { kind: 'url', url: 'data:image/png;base64,iVBORw0KGgo=' },
    { kind: 'stored', state: { kind: 'suite-other', data: 'file-1' } },
  ] as const);
}

function randomAssistantPart(dice: Dice, id: string, options: RandomRequestOptions): AssistantPart {
  switch (dice.pick(['text', 'text', 'reasoning', 'tool-call', 'tool-call', 'refusal', 'audio', 'image'] as const)) {
    case 'text':
      return randomText(dice, options);
    case 'reasoning': {
      const opaque = dice.pick([undefined, options.ownState, { kind: 'suite-other', data: { signature: 'x' } }]);
      return { type: 'reasoning', text: dice.text(), ...compact({ opaque }) };
    }
    case 'tool-call':
      return {
        type: 'tool-call',
        id,
        name: 'tool_0',
        json: dice.pick(['', '{}', '{"a": 1.0}', '[1]', '{"a":', 'null']),
      };
    case 'refusal':
      return { type: 'refusal', text: dice.text() };
    case 'audio':
      return { type: 'audio', format: 'wav', base64: '', ...compact({ transcript: dice.maybe(() => dice.text()) }) };
    case 'image':
      return { type: 'image', source: randomSource(dice) };
  }
}

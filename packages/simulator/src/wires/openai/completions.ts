import { OPENAI, refuseFlaw } from './vendor.js';
import { PLAIN, type Persona } from '../../personas.js';
import { RequestFault, refuse } from '../../steps.js';
import {
  anything,
  boolean,
  either,
  findFlaw,
  integer,
  list,
  nullish,
  number,
  object,
  optional,
  record,
  text,
} from '../../shape/shape.js';
import { chooseModel } from '../../models.js';
import {
  frame,
  padded,
  type Answer,
  type Asked,
  type Call,
  type Identity,
  type StreamRendering,
  type Wire,
} from '../wire.js';
import { isObject, type JsonObject } from '../../question.js';
import { namedBody } from './named-body.js';
import { writeUsage } from './usage.js';
import type { ContentStep, FinishReason } from '../../steps.js';

/** Source: npm openai 7.57.0, resources/completions.d.ts, `CompletionCreateParamsBase`. */
const BODY = object({
  model: text({ min: 1 }),
  prompt: nullish(anything),
  best_of: nullish(integer({ min: 1, max: 20 })),
  echo: nullish(boolean),
  frequency_penalty: nullish(number({ min: -2, max: 2 })),
  logit_bias: nullish(record),
  logprobs: nullish(integer({ min: 0, max: 5 })),
  max_tokens: nullish(integer({ min: 0 })),
  n: nullish(integer({ min: 1, max: 128 })),
  presence_penalty: nullish(number({ min: -2, max: 2 })),
  seed: nullish(integer()),
  stop: nullish(either(text(), list(text(), { max: 4 }))),
  stream: nullish(boolean),
  stream_options: nullish(object({ include_usage: optional(boolean), include_obfuscation: optional(boolean) })),
  suffix: nullish(text()),
  temperature: nullish(number({ min: 0, max: 2 })),
  top_p: nullish(number({ min: 0, max: 1 })),
  user: optional(text()),
});
const DEFAULT_MAX_TOKENS = 16;

interface CompletionForm {
  readonly prompts: readonly string[];
  readonly echo: boolean;
  readonly usageAsked: boolean;
  readonly persona: Persona;
}

/** `POST /v1/completions`: every prompt is answered alike. */
export const openAiCompletions: Wire = { vendor: OPENAI, read: readCompletion };

function readCompletion(asked: Asked): Call {
  const body = namedBody(asked);
  const flaw = asked.world.strict ? findFlaw(BODY, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const { model: name, stop, max_tokens: maxTokens, stream_options: options } = body;
  if (typeof name !== 'string') refuse('you must provide a model parameter', 'model');
  const model = chooseModel('openai', name);
  if (model.persona !== PLAIN && !/instruct|-002/.test(name)) refuseChatModel();
  const prompts = readPrompts(body['prompt']);
  const form: CompletionForm = {
    prompts,
    echo: body['echo'] === true,
    usageAsked: isObject(options) && options['include_usage'] === true,
    persona: model.persona,
  };
  return {
    question: {
      model: name,
      text: prompts[0] ?? '',
      images: 0,
      tools: [],
      parallelTools: false,
      maxTokens: typeof maxTokens === 'number' ? maxTokens : DEFAULT_MAX_TOKENS,
      stop:
        typeof stop === 'string' ? [stop] : Array.isArray(stop) ? stop.filter((word) => typeof word === 'string') : [],
      turns: 0,
      prompt: prompts.map((prompt) => ({ text: prompt, images: 0 })),
    },
    model,
    plain: (answer, identity) => writeCompletion(answer, identity, form),
    ...(body['stream'] === true && { stream: (identity) => openCompletionStream(identity, form) }),
  };
}

function refuseChatModel(): never {
  throw new RequestFault({
    kind: 'invalid',
    status: 404,
    message:
      'This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?',
    param: 'model',
  });
}

/** A text, token ids, or a list of either. */
function readPrompts(prompt: unknown): readonly string[] {
  if (prompt === undefined || prompt === null) return ['<|endoftext|>'];
  const items = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? (prompt as readonly unknown[]) : [prompt];
  return items.map((item) => (Array.isArray(item) ? item.join(' ') : String(item)));
}

const FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'stop',
  'content-filter': 'content_filter',
};

function envelope({ number, model, createdSeconds }: Identity): JsonObject {
  return { id: `cmpl-sim-${padded(number)}`, object: 'text_completion', created: createdSeconds, model };
}

function textOf(step: ContentStep): string {
  return step.type === 'text' || step.type === 'refusal' ? step.text : '';
}

function writeCompletion({ content, finish, usage }: Answer, identity: Identity, form: CompletionForm): JsonObject {
  const said = content.map(textOf).join('');
  const choices = form.prompts.map((prompt, index) => ({
    text: form.echo ? prompt + said : said,
    index,
    logprobs: null,
    finish_reason: finish ? FINISH[finish.reason] : null,
  }));
  return { ...envelope(identity), choices, ...(usage && { usage: writeUsage(usage, form.persona) }) };
}

function openCompletionStream(
  identity: Identity,
  { prompts, echo, usageAsked, persona }: CompletionForm,
): StreamRendering {
  const chunk = (texts: readonly string[], finish: string | null = null): string =>
    frame({
      ...envelope(identity),
      choices: texts.map((said, index) => ({ text: said, index, logprobs: null, finish_reason: finish })),
      ...(usageAsked && { usage: null }),
    });
  return {
    open: () => (echo ? chunk(prompts) : ''),
    content: (step) => chunk(prompts.map(() => textOf(step))),
    keepAlive: () => ': keep-alive\n\n',
    finish({ reason }, usage) {
      const last = chunk(
        prompts.map(() => ''),
        FINISH[reason],
      );
      const counted =
        usageAsked && usage ? frame({ ...envelope(identity), choices: [], usage: writeUsage(usage, persona) }) : '';
      return { body: last + counted, terminal: frame('[DONE]') };
    },
    fault: (fault) => frame(OPENAI.fault(fault, '', '')),
    malformed: () => frame('{"id":"cmpl-sim","choices":['),
  };
}

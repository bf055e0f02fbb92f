import { OPENAI, refuseFlaw } from './vendor.js';
import { boolean, findFlaw, integer, nullish, object, oneOf, optional, text } from '../../shape/shape.js';
import { chooseModel } from '../../models.js';
import { embedQuestion } from '../embed-question.js';
import { frame, type Asked, type Call, type Identity, type StreamRendering, type Wire } from '../wire.js';
import { namedBody } from './named-body.js';
import { paint } from '../../media/png.js';
import { refuse } from '../../steps.js';
import { textOr, type JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

/** Source: npm openai 7.57.0, resources/images.d.ts, `ImageGenerateParamsBase`. Pictures come as PNG only. */
const BODY = object({
  prompt: text({ min: 1, max: 32_000 }),
  model: nullish(text({ min: 1 })),
  background: nullish(oneOf('transparent', 'opaque', 'auto')),
  moderation: nullish(oneOf('low', 'auto')),
  n: nullish(integer({ min: 1, max: 10 })),
  output_compression: nullish(integer({ min: 0, max: 100 })),
  output_format: nullish(oneOf('png')),
  partial_images: nullish(integer({ min: 0, max: 3 })),
  quality: nullish(oneOf('low', 'medium', 'high', 'xhigh', 'max', 'auto', 'standard', 'hd')),
  response_format: nullish(oneOf('url', 'b64_json')),
  safety_identifier: nullish(text()),
  size: nullish(text()),
  stream: nullish(boolean),
  style: nullish(oneOf('vivid', 'natural')),
  user: optional(text()),
});
const SIZE = /^(\d{2,4})x(\d{2,4})$/;
const DEFAULT_MODEL = 'gpt-image-1';
const TOKENS_PER_PICTURE = 1_056;

/** `POST /v1/images/generations` */
export const openAiImages: Wire = { vendor: OPENAI, read: readImages };

interface ImageForm {
  readonly prompt: string;
  readonly count: number;
  readonly size: string;
  readonly quality: string;
  readonly asUrl: boolean;
  readonly partial: number;
  /** Counts tokens, and always sends the bytes. */
  readonly isNew: boolean;
}

function readImages(asked: Asked): Call {
  const body = namedBody(asked);
  const flaw = asked.world.strict ? findFlaw(BODY, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const name = textOr(body['model'], DEFAULT_MODEL);
  const isNew = !name.startsWith('dall-e');
  if (isNew && body['response_format'] !== undefined && name.startsWith('gpt-image')) {
    refuse("Unknown parameter: 'response_format'.", 'response_format', 'unknown_parameter');
  }
  const form = toForm(body, isNew);
  return {
    question: embedQuestion(name, [form.prompt]),
    model: chooseModel('openai', name),
    plain: ({ usage }, identity) => ({
      created: identity.createdSeconds,
      data: Array.from({ length: form.count }, (_, index) => toImage(form, index)),
      ...(isNew && { ...described(form), ...(usage && { usage: writeUsage(usage, form.count) }) }),
    }),
    ...(body['stream'] === true && { stream: (identity) => openImageStream(identity, form) }),
  };
}

function toForm(body: JsonObject, isNew: boolean): ImageForm {
  const size = textOr(body['size'], 'auto');
  if (size !== 'auto' && !SIZE.test(size)) {
    refuse(
      `Invalid value: '${size}'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.`,
      'size',
      'invalid_value',
    );
  }
  return {
    prompt: textOr(body['prompt'], ''),
    count: typeof body['n'] === 'number' ? body['n'] : 1,
    size: size === 'auto' ? '1024x1024' : size,
    quality: textOr(body['quality'], 'high'),
    asUrl: body['response_format'] === 'url' || (!isNew && body['response_format'] !== 'b64_json'),
    partial: typeof body['partial_images'] === 'number' ? body['partial_images'] : 0,
    isNew,
  };
}

/** An address is a data URL: there is nobody to fetch it from. */
function toImage(form: ImageForm, index: number): JsonObject {
  const base64 = picture(form, index);
  if (!form.asUrl) return { b64_json: base64 };
  return { url: `data:image/png;base64,${base64}`, revised_prompt: form.prompt };
}

function picture({ prompt, size }: ImageForm, index: number): string {
  const [, width = '', height = ''] = SIZE.exec(size) ?? [];
  return paint(`${prompt} ${index}`, Number(width), Number(height)).toString('base64');
}

function described({ size, quality }: ImageForm): JsonObject {
  return { background: 'opaque', output_format: 'png', quality, size };
}

function writeUsage({ input }: TokenCount, count: number): JsonObject {
  const output = TOKENS_PER_PICTURE * count;
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: { text_tokens: input, image_tokens: 0 },
    output_tokens_details: { text_tokens: 0, image_tokens: output },
  };
}

/** Partial pictures, if asked for, then the whole one. */
function openImageStream(identity: Identity, form: ImageForm): StreamRendering {
  const event = (type: string, fields: JsonObject): string =>
    frame({ type, created_at: identity.createdSeconds, ...described(form), ...fields }, type);
  return {
    open: () =>
      Array.from({ length: form.partial }, (_, index) =>
        event('image_generation.partial_image', { b64_json: picture(form, 0), partial_image_index: index }),
      ).join(''),
    content: () => '',
    keepAlive: () => ': keep-alive\n\n',
    finish: (_, usage) => ({
      body: '',
      terminal: event('image_generation.completed', {
        b64_json: picture(form, 0),
        ...(usage && { usage: writeUsage(usage, 1) }),
      }),
    }),
    fault: (fault) => frame({ type: 'error', ...OPENAI.fault(fault, '', '') }, 'error'),
    malformed: () => frame('{"type":"image_generation.completed","b64_json":', 'image_generation.completed'),
  };
}

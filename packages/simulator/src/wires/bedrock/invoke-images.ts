import { chooseBedrockModel, refuseFlaw } from './vendor.js';
import { embedQuestion } from '../embed-question.js';
import { findFlaw, integer, nullish, number, object, oneOf, text, type Shape } from '../../shape/shape.js';
import { isObject, textOr, type JsonObject } from '../../question.js';
import { paint } from '../../media/png.js';
import { refuse } from '../../steps.js';
import type { Asked, Call } from '../wire.js';

/**
 * Models that draw. Sources: docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html,
 * docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-image.html and
 * .../model-parameters-diffusion-stable-image-core-text-image-request-response.html
 */
const CANVAS: Shape = object({
  taskType: oneOf('TEXT_IMAGE'),
  textToImageParams: object({
    text: text({ min: 1, max: 1_024 }),
    negativeText: nullish(text({ min: 1, max: 1_024 })),
    style: nullish(text()),
  }),
  imageGenerationConfig: nullish(
    object({
      width: nullish(integer({ min: 320, max: 4_096 })),
      height: nullish(integer({ min: 320, max: 4_096 })),
      quality: nullish(oneOf('standard', 'premium')),
      cfgScale: nullish(number({ min: 1.1, max: 10 })),
      seed: nullish(integer({ min: 0, max: 2_147_483_646 })),
      numberOfImages: nullish(integer({ min: 1, max: 5 })),
    }),
  ),
});
const SIDE = 1_024;
const STEP = 16;

export function readCanvas({ body, params: { model: name = '' }, world }: Asked): Call {
  const model = chooseBedrockModel(name);
  if (world.strict) check(CANVAS, body);
  const config = isObject(body['imageGenerationConfig']) ? body['imageGenerationConfig'] : {};
  const { width = SIDE, height = SIDE, numberOfImages: count = 1 } = config;
  if (world.strict && (Number(width) % STEP !== 0 || Number(height) % STEP !== 0)) {
    refuse(
      `Malformed input request: image dimensions must be divisible by ${STEP}, please reformat your input and try again.`,
    );
  }
  const params = isObject(body['textToImageParams']) ? body['textToImageParams'] : {};
  const prompt = textOr(params['text'], '');
  const draw = (index: number): string => paint(`${prompt} ${index}`, Number(width), Number(height)).toString('base64');
  return {
    question: embedQuestion(name, [prompt]),
    model,
    plain: () => ({ images: Array.from({ length: Number(count) }, (_, index) => draw(index)), error: null }),
  };
}

const ASPECTS = ['16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21'];
const STABILITY: Shape = object({
  prompt: text({ min: 1, max: 10_000 }),
  mode: nullish(oneOf('text-to-image')),
  aspect_ratio: nullish(oneOf(...ASPECTS)),
  output_format: nullish(oneOf('png', 'jpeg')),
  seed: nullish(integer({ min: 0, max: 4_294_967_294 })),
  negative_prompt: nullish(text({ max: 10_000 })),
});

export function readStability({ body, params: { model: name = '' }, world }: Asked): Call {
  const model = chooseBedrockModel(name);
  if (world.strict) check(STABILITY, body);
  const prompt = textOr(body['prompt'], '');
  const [width = 1, height = 1] = textOr(body['aspect_ratio'], '1:1').split(':').map(Number);
  const scale = SIDE / Math.sqrt(width * height);
  return {
    question: embedQuestion(name, [prompt]),
    model,
    plain: () => ({
      seeds: [7],
      finish_reasons: [null],
      images: [paint(prompt, Math.round(width * scale), Math.round(height * scale)).toString('base64')],
    }),
  };
}

/** Models say in their own words what is wrong with a body; the service passes it on. */
export function check(shape: Shape, body: JsonObject): void {
  const flaw = findFlaw(shape, body);
  if (flaw?.kind === 'unknown') {
    const place = ['#', ...flaw.path.slice(0, -1)].join('/');
    refuse(
      `Malformed input request: ${place}: extraneous key [${String(flaw.path.at(-1))}] is not permitted, please reformat your input and try again.`,
    );
  }
  if (flaw) refuseFlaw(flaw);
}

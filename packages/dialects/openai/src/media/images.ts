import type { ImageRequest, ImageResult, JsonDialect, JsonObject, ParsedCall, WriteContext } from '@sluice/contract';
import { given } from '@sluice/toolkit';
import { OPENAI_IMAGES } from '@sluice/toolkit/openai-wire';
import { z } from 'zod';
import { checkBody, fieldsBeside } from '../check-body.js';
import { modelName } from '../model-name.js';
import { ERRORS, PLAIN, writeTokenUsage } from './plain-call.js';

const label = z.string().nullish();

/** The body of `POST /v1/images/generations`. Source: npm openai 6.49.0, `resources/images.d.ts`. */
export const imagesRequestSchema = z.looseObject({
  model: modelName,
  prompt: z.string().min(1),
  n: z.int().min(1).max(10).nullish(),
  size: label,
  quality: label,
  style: label,
  background: z.enum(['transparent', 'opaque', 'auto']).nullish(),
  output_format: z.enum(['png', 'webp', 'jpeg', 'gif', 'svg']).nullish(),
  output_compression: z.int().min(0).max(100).nullish(),
  response_format: z.enum(['url', 'b64_json']).nullish(),
  moderation: label,
  stream: z.literal(false, { error: 'pictures are not streamed here' }).nullish(),
  user: label,
});
type ImagesWire = z.infer<typeof imagesRequestSchema>;

const TRANSLATED: ReadonlySet<string> = new Set([
  'model',
  'prompt',
  'n',
  'size',
  'quality',
  'style',
  'background',
  'output_format',
  'response_format',
  'stream',
  'user',
]);

/** `POST /v1/images/generations`. */
export const openAiImages: JsonDialect<ImageRequest, ImageResult, never> = {
  id: OPENAI_IMAGES,
  parse(body): ParsedCall<ImageRequest> {
    const wire = checkBody(body, imagesRequestSchema);
    return { ...PLAIN, model: wire.model, wire: body as JsonObject, toRequest: () => toImageRequest(wire) };
  },
  writeResult: writeImages,
  ...ERRORS,
};

function toImageRequest(wire: ImagesWire): ImageRequest {
  const { output_format: format, response_format: delivery } = wire;
  const odd = format === 'gif' || format === 'svg' ? { output_format: format } : {};
  const fields = fieldsBeside({ ...wire, ...odd }, format && Object.keys(odd).length > 0 ? WITHOUT_FORMAT : TRANSLATED);
  return {
    prompt: wire.prompt,
    ...given('count', wire.n),
    ...given('size', wire.size),
    ...given('quality', wire.quality),
    ...given('style', wire.style),
    ...given('background', wire.background),
    ...given('outputFormat', format === 'gif' || format === 'svg' ? undefined : format),
    ...(delivery ? { delivery: delivery === 'url' ? 'url' : 'base64' } : {}),
    ...given('user', wire.user),
    ...given('extensions', fields && { dialect: OPENAI_IMAGES, fields }),
  };
}

/** Forms that only OpenAI draws in are fields of its own. */
const WITHOUT_FORMAT: ReadonlySet<string> = new Set([...TRANSLATED].filter((name) => name !== 'output_format'));

function writeImages({ images, usage }: ImageResult, { createdSeconds }: WriteContext): string {
  return JSON.stringify({
    created: createdSeconds,
    data: images.map(({ url, base64, revisedPrompt }) => ({
      ...given('url', url),
      ...given('b64_json', base64),
      ...given('revised_prompt', revisedPrompt),
    })),
    ...(usage && usage.outputTokens > 0 ? { usage: writeTokenUsage(usage) } : {}),
  });
}

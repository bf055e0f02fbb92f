import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { TEST_CREDENTIALS } from '../credentials.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const { region, apiKey: _, ...credentials } = TEST_CREDENTIALS.bedrock;
const client = new BedrockRuntimeClient({ region, credentials, endpoint: simulator.url, maxAttempts: 1 });

async function invoke(modelId: string, body: object): Promise<{ readonly images?: readonly string[] } & object> {
  const answer = await client.send(new InvokeModelCommand({ modelId, body: JSON.stringify(body) }));
  return JSON.parse(answer.body.transformToString()) as object;
}

const sizeOf = (base64 = ''): readonly number[] => {
  const png = Buffer.from(base64, 'base64');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
};
const CANVAS = 'amazon.nova-canvas-v1:0';
const drawing = (imageGenerationConfig: object, more: object = {}) => ({
  taskType: 'TEXT_IMAGE',
  textToImageParams: { text: 'a cat' },
  imageGenerationConfig,
  ...more,
});
const ranking = { query: 'red shoes', documents: ['blue hats', 'red shoes', 'shoes'] };

describe("Amazon's SDK, models that are invoked", () => {
  it('gets pictures of the size asked for', async () => {
    const { images = [] } = await invoke(CANVAS, drawing({ width: 640, height: 320, numberOfImages: 2 }));
    expect(images.map(sizeOf)).toEqual([
      [640, 320],
      [640, 320],
    ]);
  });

  it('gets one of the ratio asked for', async () => {
    const answer = await invoke('stability.stable-image-core-v1:1', { prompt: 'a cat', aspect_ratio: '16:9' });
    expect(answer).toMatchObject({ finish_reasons: [null] });
    expect(sizeOf(answer.images?.[0])).toEqual([1_365, 768]);
  });

  it.for(['amazon.rerank-v1:0', 'cohere.rerank-v3-5:0'])('gets a ranking from %s', async (model) => {
    const own = model.startsWith('cohere') ? { api_version: 2 } : {};
    expect(await invoke(model, { ...ranking, ...own, top_n: 2 })).toMatchObject({
      results: [{ index: 1 }, { index: 2 }],
    });
  });

  it.for([
    [CANVAS, drawing({ width: 1_000 }), 'divisible by 16'],
    [CANVAS, drawing({ numberOfImages: 6 }), 'less than or equal to 5'],
    [CANVAS, drawing({}, { size: '1x1' }), '#: extraneous key [size]'],
    [CANVAS, drawing({ style: 'vivid' }), '#/imageGenerationConfig: extraneous key [style]'],
    ['stability.sd3-5-large-v1:0', { prompt: 'a', aspect_ratio: '7:5' }, 'enum value set'],
    ['cohere.rerank-v3-5:0', ranking, 'api_version'],
    ['amazon.rerank-v1:0', { ...ranking, max_tokens_per_doc: 5 }, 'extraneous key [max_tokens_per_doc]'],
  ] as const)('is refused by %s: %j', async ([model, body, message]) => {
    await expect(invoke(model, body)).rejects.toThrow(message);
  });
});

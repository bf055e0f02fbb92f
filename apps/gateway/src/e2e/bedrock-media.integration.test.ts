import { TEST_CREDENTIALS, startSimulator } from '@sluice/simulator';
import { CohereClientV2 } from 'cohere-ai';
import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

/** The gateway with an account at a strict stand-in for Bedrock, which checks every signature. */
async function start() {
  const simulator = await startSimulator({ checkKeys: true });
  const { region, accessKeyId, secretAccessKey } = TEST_CREDENTIALS.bedrock;
  const aws = {
    kind: 'bedrock',
    region,
    baseUrl: simulator.url,
    accessKeyId: { env: 'AWS_ID' },
    secretAccessKey: { env: 'AWS_SECRET' },
  };
  const gateway = await startGateway({ providers: { aws } }, { AWS_ID: accessKeyId, AWS_SECRET: secretAccessKey });
  return {
    ...gateway,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await simulator.close();
    },
  };
}

const sizeOf = (base64 = ''): readonly number[] => {
  const png = Buffer.from(base64, 'base64');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
};

describe('Bedrock', () => {
  it('draws for a client of OpenAI, who pays for each picture', async () => {
    await using gateway = await start();
    const { data, response } = await gateway.openai.images
      .generate({ model: 'aws/amazon.nova-canvas-v1:0', prompt: 'A cat', n: 2, size: '1280x720', quality: 'hd' })
      .withResponse();
    expect(data.data?.map(({ b64_json: base64 }) => sizeOf(base64))).toEqual([
      [1_280, 720],
      [1_280, 720],
    ]);
    expect([response.headers.get('x-sluice-adjustments'), response.headers.get('x-sluice-cost-usd')]).toEqual([
      null,
      '0.12',
    ]);
  });

  it('draws in the nearest shape', async () => {
    await using gateway = await start();
    const { data, response } = await gateway.openai.images
      .generate({ model: 'aws/stability.stable-image-core-v1:1', prompt: 'A cat', size: '1792x1024' })
      .withResponse();
    expect([sizeOf(data.data?.[0]?.b64_json), response.headers.get('x-sluice-adjustments')]).toEqual([
      [1_365, 768],
      'size=changed',
    ]);
  });

  it.each([
    ['amazon.rerank-v1:0', '0.001'],
    ['cohere.rerank-v3-5:0', '0.002'],
  ])("ranks by %s for a client of Cohere's", async (model, cost) => {
    await using gateway = await start();
    const cohere = new CohereClientV2({ token: gateway.key, environment: gateway.url });
    const { data, rawResponse } = await cohere
      .rerank({ model: `aws/${model}`, query: 'red shoes', documents: ['hats', 'red shoes', 'shoes'], topN: 2 })
      .withRawResponse();
    expect([data.results.map(({ index }) => index), rawResponse.headers.get('x-sluice-cost-usd')]).toEqual([
      [1, 2],
      cost,
    ]);
  });

  it('embeds with as many numbers as asked for', async () => {
    await using gateway = await start();
    const { data } = await gateway.openai.embeddings.create({
      model: 'aws/amazon.titan-embed-text-v2:0',
      input: 'Hello',
      dimensions: 256,
    });
    expect(data[0]?.embedding.length).toBe(256);
  });
});

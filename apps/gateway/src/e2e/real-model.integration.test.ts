import type Anthropic from '@anthropic-ai/sdk';
import { REAL_MODEL, startRealModel } from '@sluice/tooling-real-model';
import { afterAll, describe, expect, it } from 'vitest';
import { collect } from './__fixtures__/collect.js';
import { startGateway } from './__fixtures__/gateway.js';

const started = await startRealModel();
const skipped = 'skipped' in started ? started.skipped : '';
const url = 'url' in started ? started.url : 'http://127.0.0.1:9';
const gateway = await startGateway({
  providers: {
    openai: { kind: 'openai', baseUrl: `${url}/v1` },
    compatible: { kind: 'openai-compatible', baseUrl: `${url}/v1`, allowPrivateNetwork: true },
    claude: { kind: 'anthropic', baseUrl: url },
  },
});
const { openai, anthropic } = gateway;
afterAll(async () => {
  await gateway.close();
  if ('url' in started) await started.stop();
});

interface Tokens {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** The ledger's word on the request that an answer came from. */
async function expectCounted(id: string | null | undefined, tokens: Tokens): Promise<void> {
  const rows = (await gateway.rows()).filter((row) => row.id === id);
  expect(rows).toMatchObject([
    { state: 'settled', status: 200, usageSource: 'provider', inputTokens: tokens.input, outputTokens: tokens.output },
  ]);
  expect(tokens.input).toBeGreaterThan(0);
  expect(tokens.output).toBeGreaterThan(0);
}

/** In this dialect the tokens of the prompt that were read from a cache are counted apart. */
function totalOf({ input_tokens, cache_read_input_tokens, output_tokens }: Anthropic.Usage) {
  return { input: input_tokens + (cache_read_input_tokens ?? 0), output: output_tokens };
}

const idOf = (response: Response): string | null => response.headers.get('x-sluice-decision');

describe.skipIf(skipped)(`a real model${skipped && ` (skipped: ${skipped})`}`, () => {
  describe.each(['openai', 'compatible', 'claude'])('through the adapter of %s', (provider) => {
    const question = {
      model: `${provider}/${REAL_MODEL}`,
      max_tokens: 12,
      messages: [{ role: 'user' as const, content: 'Say hello.' }],
    };

    it('answers the OpenAI SDK', async () => {
      const { data, response } = await openai.chat.completions.create(question).withResponse();
      const [choice] = data.choices;
      expect(choice?.message.content).toMatch(/\S/);
      expect(choice?.finish_reason).toMatch(/^(stop|length)$/);
      await expectCounted(idOf(response), { input: data.usage?.prompt_tokens, output: data.usage?.completion_tokens });
    });

    it('answers the OpenAI SDK in a stream', async () => {
      const request = { ...question, stream: true, stream_options: { include_usage: true } } as const;
      const { data, response } = await openai.chat.completions.create(request).withResponse();
      const chunks = await collect(data);
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toMatch(/\S/);
      const finishes = chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean);
      expect(finishes).toEqual([expect.stringMatching(/^(stop|length)$/)]);
      const usage = chunks.at(-1)?.usage;
      await expectCounted(idOf(response), { input: usage?.prompt_tokens, output: usage?.completion_tokens });
    });

    it('answers the Anthropic SDK', async () => {
      const { data, response } = await anthropic.messages.create(question).withResponse();
      expect(data.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/\S/) }]);
      expect(data.stop_reason).toMatch(/^(end_turn|max_tokens)$/);
      await expectCounted(idOf(response), totalOf(data.usage));
    });

    it('answers the Anthropic SDK in a stream', async () => {
      const stream = anthropic.messages.stream(question);
      const { response } = await stream.withResponse();
      const message = await stream.finalMessage();
      expect(message.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/\S/) }]);
      expect(message.stop_reason).toMatch(/^(end_turn|max_tokens)$/);
      await expectCounted(idOf(response), totalOf(message.usage));
    });
  });

  it.each(['openai', 'compatible'])('embeds through the adapter of %s', async (provider) => {
    const { data } = await openai.embeddings.create({ model: `${provider}/${REAL_MODEL}`, input: ['one', 'two'] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([576, 576]);
  });

  it('is listed under the name of each provider', async () => {
    const names = (await openai.models.list()).data.map(({ id }) => id);
    expect(names).toEqual(expect.arrayContaining([`openai/${REAL_MODEL}`, `compatible/${REAL_MODEL}`]));
  });
});

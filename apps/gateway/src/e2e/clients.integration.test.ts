import { afterAll, describe, expect, it } from 'vitest';
import { failure } from './__fixtures__/collect.js';
import { aiAnthropic, aiCompatible, aiOpenAi } from './__fixtures__/matrix/ai-sdk.js';
import { anthropicMessages } from './__fixtures__/matrix/anthropic.js';
import { googleGenAi } from './__fixtures__/matrix/google-genai.js';
import { langchainOpenAi } from './__fixtures__/matrix/langchain.js';
import { openAiChat } from './__fixtures__/matrix/openai-chat.js';
import { openAiResponses } from './__fixtures__/matrix/openai-responses.js';
import { ANSWER, THOUGHT, VENDORS, startStandIn } from './__fixtures__/matrix/stand-in.js';
import type { ClientKind } from './__fixtures__/matrix/client.js';

const CLIENTS: readonly ClientKind[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  aiOpenAi,
  aiCompatible,
  aiAnthropic,
  googleGenAi,
  langchainOpenAi,
];
const standIn = await startStandIn();
const { gateway } = standIn;
afterAll(() => standIn[Symbol.asyncDispose]());

/** What a client raised: its class and its status. */
function told(error: unknown): readonly [name: string, status: unknown] {
  const { name, status, statusCode, constructor } = error as Error & { status?: number; statusCode?: number };
  return [name.startsWith('AI_') ? name : constructor.name, status ?? statusCode];
}

describe.for(CLIENTS)('$name', (kind) => {
  const { ask } = kind.connect(gateway.url, gateway.key);

  // The stand-in of OpenAI has chat completions only.
  const asksResponses = kind === openAiResponses || kind === aiOpenAi;
  const vendors = VENDORS.filter(({ name }) => !(asksResponses && name === 'openai'));

  describe.for(vendors)('at $name', (vendor) => {
    const model = `${vendor.name}/${vendor.model}`;

    describe.for([
      ['plain', false],
      ['streaming', true],
    ] as const)('%s', ([, streaming]) => {
      it('answers', async () => {
        expect(await ask({ model, text: 'Hello there', streaming })).toMatchObject({ text: 'Hello there', calls: [] });
      });

      it('calls a tool and goes on with its result', async () => {
        const said = await ask({ model, text: 'Weather?', tools: 'required', streaming });
        expect(said.calls).toEqual([{ name: 'get_weather', input: { city: expect.any(String) as string } }]);
        expect((await said.reply(['sunny'])).text).toBe('The tool answered: sunny');
      });

      it('calls two tools at once', async () => {
        const question = { model: `${vendor.name}/${vendor.parallel}`, text: 'Weather and time?', streaming };
        const said = await ask({ ...question, tools: 'free' });
        const input = { city: 'Oslo' };
        expect(said.calls).toMatchObject([
          { name: 'get_weather', input },
          { name: 'get_time', input },
        ]);
        expect((await said.reply(['sunny', 'noon'])).text).toBe(ANSWER);
      });

      it('sees the model reason, and sends the proof of it back', async () => {
        const question = { model: `${vendor.name}/${vendor.thinker}`, text: 'Weather?', reasoning: true, streaming };
        const said = await ask({ ...question, tools: 'free' });
        expect(said.reasoning).toBe(kind.showsReasoning && vendor.showsReasoning ? THOUGHT : '');
        expect(said.calls).toMatchObject([{ name: 'get_weather', input: { city: 'Oslo' } }]);
        expect((await said.reply(['sunny'])).text).toBe(ANSWER);
      });

      it('shows images', async () => {
        expect((await ask({ model, text: 'Look', image: true, streaming })).text).toBe('Look (with 1 image)');
      });

      it('gets JSON by a schema', async () => {
        const { text } = await ask({ model, text: 'Where?', json: true, streaming });
        expect(JSON.parse(text)).toEqual({ city: expect.any(String) as string });
      });

      it('raises its own error for a model that the vendor does not know', async () => {
        const error = await failure(ask({ model: `${vendor.name}/no-such-model`, text: 'Hi', streaming }));
        expect(told(error)).toEqual([kind.errors[404], 404]);
      });

      it('raises its own error for what the vendor refuses', async () => {
        const error = await failure(ask({ model: `${vendor.name}/error-400`, text: 'Hi', streaming }));
        expect(told(error)).toEqual([kind.errors[400], 400]);
      });
    });

    it('raises an error where the stream is cut', async () => {
      expect(await failure(ask({ model: `${vendor.name}/cut`, text: 'Hi', streaming: true }))).toBeInstanceOf(Error);
    });
  });

  it('raises its own error for a wrong key', async () => {
    const call = kind.connect(gateway.url, 'wrong').ask({ model: 'sim/echo', text: 'Hi', streaming: false });
    expect(told(await failure(call))).toEqual([kind.errors[401], 401]);
  });
});

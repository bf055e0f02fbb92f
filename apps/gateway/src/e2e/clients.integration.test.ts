import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { failure } from './__fixtures__/collect.js';
import { aiAnthropic, aiCompatible, aiOpenAi } from './__fixtures__/matrix/ai-sdk.js';
import { anthropicMessages } from './__fixtures__/matrix/anthropic.js';
import { googleGenAi } from './__fixtures__/matrix/google-genai.js';
import { langchainOpenAi } from './__fixtures__/matrix/langchain.js';
import { openAiChat } from './__fixtures__/matrix/openai-chat.js';
import { pythonOpenAi } from './__fixtures__/matrix/python-openai.js';
import { reasonOf } from './__fixtures__/matrix/installed.js';
import { openAiResponses } from './__fixtures__/matrix/openai-responses.js';
import { ANSWER, THOUGHT, VENDORS, startStandIn } from './__fixtures__/matrix/stand-in.js';
import type { ClientKind } from './__fixtures__/matrix/client.js';

const python = pythonOpenAi();
const CLIENTS: readonly ClientKind[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  aiOpenAi,
  aiCompatible,
  aiAnthropic,
  googleGenAi,
  langchainOpenAi,
  ...('skipped' in python ? [] : [python]),
];
const ANY = /^/;
const standIn = await startStandIn();
const { gateway } = standIn;
afterAll(() => standIn[Symbol.asyncDispose]());

/** What a client raised: its class and its status. */
function told(error: unknown): readonly [name: string, status: unknown] {
  const { name, status, statusCode, constructor } = error as Error & { status?: number; statusCode?: number };
  return [name === 'Error' ? constructor.name : name, status ?? statusCode];
}

it.skipIf('skipped' in python)(`Python is among them${reasonOf(python)}`, () => expect(CLIENTS).toContain(python));

describe.for(CLIENTS)('$name', (kind) => {
  const { ask, close } = kind.connect(gateway.url, gateway.key);
  afterAll(() => close?.());

  describe.for(VENDORS)('at $name', (vendor) => {
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
        const shown = vendor.showsReasoning === 'always' || kind.api === 'responses';
        expect(said.reasoning).toBe(kind.showsReasoning && shown ? THOUGHT : '');
        expect(said.calls).toMatchObject([{ name: 'get_weather', input: { city: 'Oslo' } }]);
        expect((await said.reply(['sunny'])).text).toBe(ANSWER);
        expect(standIn.lastBody()).toMatch(kind.carriesProof && shown ? vendor.proof : ANY);
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
    const stranger = kind.connect(gateway.url, 'wrong');
    onTestFinished(() => stranger.close?.());
    const error = await failure(stranger.ask({ model: 'sim/echo', text: 'Hi', streaming: false }));
    expect(told(error)).toEqual([kind.errors[401], 401]);
  });
});

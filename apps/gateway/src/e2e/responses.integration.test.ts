import type OpenAI from 'openai';
import { APIError, BadRequestError, NotFoundError } from 'openai';
import { afterAll, describe, expect, it } from 'vitest';
import { collect, failure } from './__fixtures__/collect.js';
import { startGateway } from './__fixtures__/gateway.js';

const gateway = await startGateway();
const { openai } = gateway;
afterAll(() => gateway.close());

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather: OpenAI.Responses.FunctionTool = { type: 'function', name: 'get_weather', parameters, strict: true };

describe('responses through the OpenAI SDK', () => {
  it('answer', async () => {
    const response = await openai.responses.create({ model: 'sim/echo', input: 'Hello there', metadata: { a: 'b' } });
    expect([response.output_text, response.status, response.metadata]).toEqual([
      'Hello there',
      'completed',
      { a: 'b' },
    ]);
    expect(response.usage).toMatchObject({ input_tokens: 3, output_tokens: 3, total_tokens: 6 });
  });

  it('stream, and the SDK adds the events up to the whole answer', async () => {
    const stream = openai.responses.stream({ model: 'sim/echo', input: 'Hello there' });
    const events = await collect(stream);
    expect((await stream.finalResponse()).output_text).toBe('Hello there');
    expect(events.map(({ sequence_number: order }) => order)).toEqual(events.map((_, order) => order));
  });

  it('call tools and go on with what they found', async () => {
    const first = await openai.responses.create({ model: 'sim/tools', input: 'Weather?', tools: [weather] });
    const call = first.output.find((item) => item.type === 'function_call');
    expect(Object.keys(JSON.parse(call?.arguments ?? '{}') as object)).toEqual(['city']);
    const output = { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'sunny' } as const;
    const input = [{ role: 'user', content: 'Weather?' } as const, ...first.output, output];
    const second = await openai.responses.create({
      model: 'sim/tools',
      input: input as OpenAI.Responses.ResponseInput,
      tools: [weather],
    });
    expect(second.status).toBe('completed');
  });

  it('stop at the limit of tokens', async () => {
    const response = await openai.responses.create({ model: 'sim/tokens-100', input: 'Go', max_output_tokens: 16 });
    expect([response.status, response.incomplete_details?.reason]).toEqual(['incomplete', 'max_output_tokens']);
  });

  it('are refused with the name of the parameter', async () => {
    const error = await failure(openai.responses.create({ model: 'sim/echo', input: 'a', temperature: 9 }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ code: 'invalid_value', param: 'temperature' });
  });

  it('raise an error where the stream is cut', async () => {
    const stream = await openai.responses.create({ model: 'sim/cut', input: 'Go', stream: true });
    expect(await failure(collect(stream))).toBeInstanceOf(APIError);
  });
});

describe('stored responses', () => {
  it('carry a conversation on', async () => {
    const first = await openai.responses.create({ model: 'sim/echo', input: 'One' });
    const stream = openai.responses.stream({ model: 'sim/echo', input: 'Two', previous_response_id: first.id });
    const second = await stream.finalResponse();
    const third = await openai.responses.create({ model: 'sim/echo', input: 'Three', previous_response_id: second.id });
    const { data } = await openai.responses.inputItems.list(third.id);
    expect(data.map((item) => ('content' in item ? item.content : item.type)).reverse()).toMatchObject([
      'One',
      [{ text: 'One' }],
      'Two',
      [{ text: 'Two' }],
      'Three',
    ]);
    expect([third.output_text, third.previous_response_id]).toEqual(['Three', second.id]);
  });

  it('can be read again and forgotten', async () => {
    const made = await openai.responses.create({ model: 'sim/echo', input: 'Keep' });
    expect((await openai.responses.retrieve(made.id)).output_text).toBe('Keep');
    await openai.responses.delete(made.id);
    expect(await failure(openai.responses.retrieve(made.id))).toBeInstanceOf(NotFoundError);
  });

  it('are not kept against the wish of the caller', async () => {
    const made = await openai.responses.create({ model: 'sim/echo', input: 'Forget', store: false });
    expect(await failure(openai.responses.retrieve(made.id))).toBeInstanceOf(NotFoundError);
  });

  it('go on nowhere from an id that nobody knows', async () => {
    const call = openai.responses.create({ model: 'sim/echo', input: 'a', previous_response_id: 'resp_nobody' });
    expect(await failure(call)).toMatchObject({ status: 404, param: 'previous_response_id' });
  });
});

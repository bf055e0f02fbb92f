import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { PNG_BASE64, WEATHER_SCHEMA } from '../testing/samples.js';
import { TEST_CREDENTIALS } from '../credentials.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const client = new OpenAI({ ...TEST_CREDENTIALS.openai, baseURL: `${simulator.url}/v1`, maxRetries: 0 });

const tool = (name: string) => ({ type: 'function' as const, name, strict: true, parameters: WEATHER_SCHEMA });
const tools = [tool('a'), tool('b')];
const input = 'Hello there';
const WEATHER = { city: expect.stringMatching(/^(Paris|Oslo)$/) as string, days: expect.any(Number) as number };

describe("OpenAI's SDK, responses", () => {
  it('reads a plain answer', async () => {
    const { output_text: text, status, usage } = await client.responses.create({ model: 'gpt-5-mini', input });
    expect([text, status, usage?.total_tokens]).toEqual(['Hello there', 'completed', 6]);
  });

  it('puts a stream together', async () => {
    const stream = client.responses.stream({ model: 'gpt-5-mini', input });
    const said: string[] = [];
    stream.on('response.output_text.delta', ({ delta }) => said.push(delta));
    const final = await stream.finalResponse();
    expect([said.join(''), final.output_text, final.usage?.output_tokens]).toEqual(['Hello there', 'Hello there', 3]);
  });

  it.for([false, true])('calls tools at once and answers after their outputs (kept: %s)', async (store) => {
    const asked = { model: 'gpt-5-mini+tools-parallel', tools, store };
    const first = await client.responses.create({ ...asked, input });
    const calls = first.output.filter((item) => item.type === 'function_call');
    expect(calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual([WEATHER, WEATHER]);
    const outputs = calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: 'sunny' }));
    const second = await client.responses.create({
      ...asked,
      ...(store
        ? { previous_response_id: first.id, input: outputs }
        : { input: [{ role: 'user', content: input }, ...calls, ...outputs] }),
    });
    expect(second.output_text).toBe('The tool answered: sunny');
  });

  it('puts streamed calls together', async () => {
    const final = await client.responses.stream({ model: 'tools-parallel', input, tools }).finalResponse();
    expect(
      final.output.map((item) => item.type === 'function_call' && (JSON.parse(item.arguments) as unknown)),
    ).toEqual([WEATHER, WEATHER]);
  });

  it('calls a tool of free text', async () => {
    const { output } = await client.responses.create({
      model: 'tools',
      input,
      tools: [{ type: 'custom', name: 'patch' }],
    });
    expect(output).toMatchObject([{ type: 'custom_tool_call', name: 'patch', input: 'some input' }]);
  });

  it.for([false, true])('takes its reasoning back, sealed as it was (stream: %s)', async (stream) => {
    const asked = {
      model: 'gpt-5-mini+tools',
      tools,
      store: false,
      reasoning: { effort: 'high' as const, summary: 'auto' as const },
      include: ['reasoning.encrypted_content' as const],
    };
    const question = { role: 'user' as const, content: input };
    const first = stream
      ? await client.responses.stream({ ...asked, input: [question] }).finalResponse()
      : await client.responses.create({ ...asked, input: [question] });
    const [reasoning, call] = first.output as [
      OpenAI.Responses.ResponseReasoningItem,
      OpenAI.Responses.ResponseFunctionToolCallItem,
    ];
    expect([reasoning.summary.length, Number(first.usage?.output_tokens_details.reasoning_tokens) > 0]).toEqual([
      1,
      true,
    ]);
    const { id, type, name, arguments: args, call_id } = call;
    const rest = [
      { id, type, name, arguments: args, call_id },
      { type: 'function_call_output' as const, call_id, output: 'ok' },
    ];
    const second = await client.responses.create({ ...asked, input: [question, reasoning, ...rest] });
    expect(second.output_text).toBe('The tool answered: ok');
    const foreign = { ...reasoning, encrypted_content: 'gAAAAABforeign' };
    await expect(client.responses.create({ ...asked, input: [question, foreign, ...rest] })).rejects.toMatchObject({
      code: 'invalid_encrypted_content',
    });
  });

  it('parses structured output', async () => {
    const format = { type: 'json_schema' as const, name: 'weather', strict: true, schema: WEATHER_SCHEMA };
    const { output_text: text } = await client.responses.create({ model: 'gpt-5-mini', input, text: { format } });
    expect(JSON.parse(text)).toEqual(WEATHER);
  });

  it('sends images and files', async () => {
    const { output_text: text } = await client.responses.create({
      model: 'describe',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${PNG_BASE64}` },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
          ],
        },
      ],
    });
    expect(text).toBe('image: image/png, 70 bytes\nfile: application/pdf, 5 bytes');
  });

  it('finds, cancels and deletes what was kept', async () => {
    const { id } = await client.responses.create({ model: 'echo', input, background: true });
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
    expect((await client.responses.retrieve(id)).status).toBe('cancelled');
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toThrow(OpenAI.NotFoundError);
  });

  it('throws for an error inside a stream', async () => {
    const stream = client.responses.stream({ model: 'error-in-stream', input });
    const events: string[] = [];
    for await (const { type } of stream) events.push(type);
    expect(events.at(-1)).toBe('response.failed');
  });
});

import { reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { OPENAI_WIRE, WIRES, gatewayTo } from './__fixtures__/upstreams.js';
import type { Wire } from './__fixtures__/upstreams.js';

/** Legal JSON that no writer of ours would write. */
const ODD = String.raw`"x_new" : [ 1e2, -0, 1.50, 12345678901234567890 , 0.1E-7 ],
	"x\u005fescaped":"\u00e9\/\ud83d\ude00 \u007f","x_empty":{ } , "x_deep": {"model":"not this one"}`;
const MESSAGES = String.raw`"messages" :[ {"content":"caf\u00e9 \/ ${'\u2028'}😀", "role" :"user"}]`;
const request = (model: string, rest: string): string =>
  `\r\n{ ${MESSAGES},\n ${ODD} , "max_tokens" : 20,"model"\t:  "${model}"${rest} }\n `;

const PATHS: Readonly<Record<Wire['kind'], string>> = {
  'openai-compatible': '/v1/chat/completions',
  anthropic: '/v1/messages',
};
const ANSWERS: Readonly<Record<Wire['kind'], string>> = {
  'openai-compatible': String.raw`{ "id":"x", "object":"chat.completion", "created" : 1, "model":"vendor\/m", ${ODD},
    "choices":[{"index":0,"message":{"role":"assistant","content":"\u0048i"},"finish_reason":"stop"}],
    "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5.0} } `,
  anthropic: String.raw`{ "id":"x","type":"message","role":"assistant", "model":"vendor\/m", ${ODD},
    "content":[{"type":"text","text":"\u0048i"}],"stop_reason":"end_turn","stop_sequence":null,
    "usage":{"input_tokens":3,"output_tokens":2.0} } `,
};

describe.each(WIRES)('between a caller and a provider of the dialect of $kind', (wire) => {
  const path = PATHS[wire.kind];
  const frames = [...wire.frames.opening, ...wire.frames.ending];

  it('a request arrives as it was sent, but for the name of the model', async () => {
    await using setup = await gatewayTo(wire, reply().body(ANSWERS[wire.kind]));
    await setup.gateway.call(path, request('up/m', ''));
    const { body } = await setup.call();
    expect(Buffer.from(body).toString()).toBe(request('m', ''));
  });

  it('an answer arrives as it was sent', async () => {
    const body = ANSWERS[wire.kind];
    await using setup = await gatewayTo(wire, reply().headers({ 'content-type': 'application/json' }).body(body));
    const answer = await setup.gateway.call(path, request('up/m', ''));
    expect([answer.status, await answer.text()]).toEqual([200, body]);
    expect(await setup.gateway.rows()).toMatchObject([{ inputTokens: 3, outputTokens: 2, usageSource: 'provider' }]);
  });

  it('a stream and its request arrive as they were sent', async () => {
    const odd = [': a comment\n\n', ...frames.map((frame) => frame.replace('data: {', 'data:  { "x" : 1e2 ,'))];
    const rest =
      wire.kind === 'anthropic' ? ',"stream":true' : ',"stream":true ,"stream_options":{"include_usage" : true}';
    await using setup = await gatewayTo(wire, reply().sse(odd));
    const answer = await setup.gateway.call(path, request('up/m', rest));
    expect(await answer.text()).toBe(odd.join(''));
    const { body } = await setup.call();
    expect(Buffer.from(body).toString()).toBe(request('m', rest));
  });

  it('a stream arrives the same however the network cut it', async () => {
    const bytes = Buffer.from(frames.join('').replace('Hello', 'H\u00e9llo \u{1f600}'));
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(i * 7, i * 7 + 7));
    const script = pieces.reduce((so, piece) => so.sse(piece), reply());
    await using setup = await gatewayTo(wire, script);
    const rest = ',"stream":true,"stream_options":{"include_usage":true}';
    const answer = await setup.gateway.call(path, request('up/m', wire.kind === 'anthropic' ? ',"stream":true' : rest));
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  });
});

/** Longer than what is read of a prompt that is only handed on. */
const LONG_PROMPT = 'Say "yes", in C:\\temp, and then nothing more for quite a while.\n'.repeat(1_000) + '!';
const longCall = JSON.stringify({
  model: 'up/m',
  messages: [{ role: 'user', content: LONG_PROMPT }],
  max_tokens: 20,
});

describe.each(WIRES)('a long prompt to a provider of the dialect of $kind', (wire) => {
  it.each(Object.values(PATHS))('arrives whole, asked at %s', async (path) => {
    await using setup = await gatewayTo(wire, reply().body(ANSWERS[wire.kind]));
    const answer = await setup.gateway.call(path, longCall);
    expect(answer.status).toBe(200);
    const { body } = await setup.call();
    const asked = JSON.parse(Buffer.from(body).toString()) as { messages: { content: unknown }[] };
    expect(JSON.stringify(asked.messages.at(-1)?.content)).toContain(JSON.stringify(LONG_PROMPT));
  });

  it.each(Object.values(PATHS).filter((path) => path !== PATHS[wire.kind]))(
    'is refused at %s where it is no JSON',
    async (path) => {
      await using setup = await gatewayTo(wire, reply().body(ANSWERS[wire.kind]));
      const answer = await setup.gateway.call(path, longCall.replace('!', String.raw`\x`));
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('invalid_json')]);
    },
  );
});

describe('a stream of the OpenAI dialect without usage asked for', () => {
  const wire = OPENAI_WIRE;

  it('asks the provider for usage in front of what was sent, and takes the chunk of usage out of the answer', async () => {
    const frames = [...wire.frames.opening, ...wire.frames.ending];
    await using setup = await gatewayTo(wire, reply().sse(frames));
    const answer = await setup.gateway.call(PATHS[wire.kind], request('up/m', ',"stream":true'));
    expect(await answer.text()).toBe(frames.filter((frame) => !frame.includes('"usage"')).join(''));
    const { body } = await setup.call();
    const asked = '"stream_options":{"include_usage":true},';
    expect(Buffer.from(body).toString()).toBe(request('m', ',"stream":true').replace('{', `{${asked}`));
  });
});

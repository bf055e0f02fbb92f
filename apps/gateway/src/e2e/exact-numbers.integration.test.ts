import { reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { gatewayTo, WIRES } from './__fixtures__/upstreams.js';
import type { Wire } from './__fixtures__/upstreams.js';

/** Arguments that no double keeps, as text and as text in a JSON string. */
const HELD = '{"id":12345678901234567890,"share":0.12345678901234567890,"far":-1e400}';
const QUOTED = JSON.stringify(HELD);
const RESULT = '9223372036854775807';

/** The history of a tool's call as clients of each dialect send it back. */
const HISTORIES = {
  '/v1/messages': `{"model":"up/m","max_tokens":9,"messages":[{"role":"user","content":"Look."},
    {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"look","input":${HELD}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"${RESULT}"}]}]}`,
  '/v1beta/models/up%2Fm:generateContent': `{"contents":[{"role":"user","parts":[{"text":"Look."}]},
    {"role":"model","parts":[{"functionCall":{"id":"t","name":"look","args":${HELD}}}]},
    {"role":"user","parts":[{"functionResponse":{"id":"t","name":"look","response":{"of":${RESULT}}}}]}]}`,
  '/v1/chat/completions': `{"model":"up/m","messages":[{"role":"user","content":"Look."},{"role":"assistant",
    "tool_calls":[{"id":"t","type":"function","function":{"name":"look","arguments":${QUOTED}}}]},
    {"role":"tool","tool_call_id":"t","content":"${RESULT}"}]}`,
} as const;

/** An answer that calls the tool, as each vendor writes it. */
const ANSWERS: Readonly<Record<Wire['kind'], string>> = {
  'openai-compatible': `{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,
    "message":{"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function",
    "function":{"name":"look","arguments":${QUOTED}}}]},"finish_reason":"tool_calls"}]}`,
  anthropic: `{"id":"x","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"t",
    "name":"look","input":${HELD}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":3,
    "output_tokens":2}}`,
};

describe.each(WIRES)('of the arguments of a tool, between a client and $kind,', (wire) => {
  it.each(Object.entries(HISTORIES))('every digit goes both ways at %s', async (path, history) => {
    await using setup = await gatewayTo(
      wire,
      reply().headers({ 'content-type': 'application/json' }).body(ANSWERS[wire.kind]),
    );
    const answer = await setup.gateway.call(path, history);
    const sent = Buffer.from((await setup.call()).body).toString();
    const wanted = wire.kind === 'anthropic' ? HELD : QUOTED;
    expect([sent.includes(wanted), sent.includes(RESULT)]).toEqual([true, true]);
    const told = path === '/v1/chat/completions' ? QUOTED : HELD;
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining(told)]);
  });

  it('a number that the gateway would have to reckon with is refused by name', async () => {
    await using setup = await gatewayTo(wire, reply().body(ANSWERS[wire.kind]));
    const body = HISTORIES['/v1/messages'].replace('"max_tokens":9', '"max_tokens":9007199254740993');
    const answer = await setup.gateway.call('/v1/messages', body);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('max_tokens')]);
    expect(await setup.gateway.rows()).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { chat, post, simulate } from './testing/client.js';
import { scripts } from './scripts.js';

const TOOL = (name: string) => ({ type: 'function', function: { name } });
const SCRIPTS = scripts.parse({
  agent: {
    models: ['gpt-5*'],
    json: { next: 'user' },
    turns: [
      { text: 'First.', calls: [{ name: 'bash|shell', arguments: { command: 'ls' } }] },
      { reasoning: 'It worked.', text: 'Done.' },
    ],
  },
  other: { turns: [{ text: 'Other.' }] },
});
const call = { id: 'x', type: 'function', function: { name: 'shell', arguments: '{}' } };
const answered = [
  { role: 'user', content: 'Go' },
  { role: 'assistant', content: null, tool_calls: [call] },
  { role: 'tool', tool_call_id: 'x', content: 'ok' },
];

describe('a scripted conversation', () => {
  const ask = async (body: object, headers: Record<string, string> = {}): Promise<unknown> => {
    const response = await post(await simulate({ scripts: SCRIPTS }), body, { headers });
    const { choices } = (await response.json()) as { choices: [{ message: unknown }] };
    return choices[0].message;
  };

  it('begins with its first turn, at the tool that is there', async () => {
    expect(await ask(chat('gpt-5-mini', { tools: [TOOL('shell')] }))).toMatchObject({
      content: 'First.',
      tool_calls: [{ function: { name: 'shell', arguments: '{"command":"ls"}' } }],
    });
  });

  it('goes on from what the caller has begun', async () => {
    const simulator = await simulate({
      scripts: scripts.parse({ one: { models: ['*'], turns: [{ text: 'All of it.' }] } }),
    });
    const begun = (text: string) => [
      { role: 'user', content: 'Go' },
      { role: 'assistant', content: text },
    ];
    const say = async (text: string): Promise<unknown> =>
      (await post(simulator, { model: 'echo', messages: begun(text) })).json();
    expect(await say('All of')).toMatchObject({ choices: [{ message: { content: ' it.' } }] });
    expect(await say('Other')).toMatchObject({ choices: [{ message: { content: 'All of it.' } }] });
  });

  it('goes on with the turn that is due, and stays at the last', async () => {
    const next = { model: 'gpt-5-mini', messages: answered };
    const later = {
      model: 'gpt-5-mini',
      messages: [...answered, { role: 'assistant', content: 'Done.' }, answered[0]],
    };
    expect([await ask(next), await ask(later)]).toMatchObject([{ content: 'Done.' }, { content: 'Done.' }]);
  });

  it('is chosen by a header too', async () => {
    expect(await ask(chat('echo'), { 'x-sim-script': 'other' })).toMatchObject({ content: 'Other.' });
  });

  it('leaves other models to themselves', async () => {
    expect(await ask(chat('echo'))).toMatchObject({ content: 'Hello there' });
  });

  it('answers a question beside the conversation in JSON of its own', async () => {
    const json_schema = { name: 'x', schema: { type: 'object' } };
    const body = chat('gpt-5-mini', { response_format: { type: 'json_schema', json_schema } });
    expect(await ask(body)).toMatchObject({ content: '{"next":"user"}' });
  });

  it('can be set while the simulator runs', async () => {
    const simulator = await simulate();
    const body = JSON.stringify({ scripts: SCRIPTS });
    await fetch(`${simulator.url}/sim/v1/scripts`, { method: 'PUT', body });
    expect(await (await post(simulator, chat('gpt-5-mini'))).text()).toContain('First.');
    simulator.setScripts({});
    expect(await (await post(simulator, chat('gpt-5-mini'))).text()).not.toContain('First.');
  });
});

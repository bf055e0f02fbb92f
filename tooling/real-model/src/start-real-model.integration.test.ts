import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REAL_MODEL, startRealModel } from './index.js';

const started = await startRealModel();
const skipped = 'skipped' in started ? started.skipped : '';

describe.skipIf(skipped)(`the real model${skipped && ` (skipped: ${skipped})`}`, () => {
  let url: string;
  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(url + path, { method: 'POST', body: JSON.stringify({ model: REAL_MODEL, ...body }) });
    return answer.json();
  };
  beforeAll(() => {
    if ('url' in started) url = started.url;
  });
  afterAll(async () => {
    if ('url' in started) await started.stop();
  });

  it('answers a chat', async () => {
    const answer = await post('/v1/chat/completions', { max_tokens: 4, messages: [{ role: 'user', content: 'Hi' }] });
    expect(answer).toMatchObject({ choices: [{ message: { content: expect.stringMatching(/./) as string } }] });
  });

  it('calls a tool when it must', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string', maxLength: 12 } }, required: ['city'] };
    const answer = await post('/v1/chat/completions', {
      max_tokens: 200,
      temperature: 0,
      messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters } }],
      tool_choice: 'required',
    });
    expect(answer).toMatchObject({ choices: [{ message: { tool_calls: [{ function: { name: 'get_weather' } }] } }] });
  });

  it('embeds a text', async () => {
    const answer = (await post('/v1/embeddings', { input: 'Hi' })) as { data: { embedding: number[] }[] };
    expect(answer.data[0]?.embedding).toHaveLength(576);
  });
});

it('says why, with a code of its own, where python3 cannot be had', () => {
  const { status, stderr } = spawnSync('/bin/bash', [fileURLToPath(new URL('../start', import.meta.url)), '0'], {
    env: { PATH: '/nowhere', SLUICE_CACHE_DIR: '/nowhere' },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: 'python3 with venv is missing, and only root with apt could install it\n',
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import type { CapturedContext } from '../__fixtures__/cli.js';

/** Runs the stand-in while `use` looks at it. */
async function whileRunning(
  argv: readonly string[],
  use: (said: string) => Promise<void>,
  context: CapturedContext = capturedContext(),
) {
  const run = cli(['sim', '--port', '0', ...argv], context);
  await expect.poll(() => context.written.stdout).toContain('listening on ');
  await use(context.written.stdout);
  context.signals.emit('SIGTERM');
  return run;
}

const urlIn = (screen: string): string => /listening on (\S+)\n$/.exec(screen)?.[1] ?? '';
const variableIn = (screen: string, name: string): string => new RegExp(`${name}=(\\S+)`).exec(screen)?.[1] ?? '';

function ask(screen: string, model: string): Promise<Response> {
  return fetch(`${variableIn(screen, 'OPENAI_BASE_URL')}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${variableIn(screen, 'OPENAI_API_KEY')}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  });
}

describe('sluice sim', () => {
  it('answers whoever has what its screen says, and ends on a signal', async () => {
    const { code, stderr } = await whileRunning([], async (screen) => {
      expect((await ask(screen, 'echo')).status).toBe(200);
    });
    expect([code, stderr]).toEqual([0, '']);
  });

  it('refuses any other key', async () => {
    await whileRunning([], async (screen) => {
      const response = await fetch(`${urlIn(screen)}/v1/models`, { headers: { authorization: 'Bearer sk-other' } });
      expect(response.status).toBe(401);
    });
  });

  it('says it in JSON', async () => {
    await whileRunning(['--json'], async (line) => {
      const facts = JSON.parse(line) as { url: string; variables: Record<string, object>; models: string[] };
      expect(Object.keys(facts.variables)).toEqual(['openai', 'anthropic', 'gemini', 'bedrock', 'cohere']);
      expect(facts.variables['anthropic']).toMatchObject({ ANTHROPIC_BASE_URL: facts.url });
      expect(facts.models).toContain('echo');
      expect((await fetch(`${facts.url}/sim/v1/faults`)).status).toBe(200);
    });
  });

  it('plays the faults of a file', async () => {
    const context = capturedContext();
    writeFileSync(join(context.cwd, 'faults.json'), '[{ "every": 2, "fault": { "kind": "status", "status": 503 } }]');
    await whileRunning(
      ['--faults', 'faults.json'],
      async (screen) => {
        expect([(await ask(screen, 'echo')).status, (await ask(screen, 'echo')).status]).toEqual([200, 503]);
      },
      context,
    );
  });

  it('says what is wrong with a file', async () => {
    const context = capturedContext();
    writeFileSync(join(context.cwd, 'faults.json'), '[{ "every": 0, "fault": { "kind": "hang" } }]');
    const { code, stderr } = await cli(['sim', '--faults', 'faults.json'], context);
    expect([code, stderr]).toEqual([1, expect.stringContaining('faults[0].every')]);
  });

  it.for([
    ['--port', '70000'],
    ['--port', 'x'],
    ['--seed', '-1'],
  ])('takes no %s %s', async ([name = '', value = '']) => {
    expect((await cli(['sim', name, value])).code).not.toBe(0);
  });

  it('says that its port is taken', async () => {
    await whileRunning([], async (screen) => {
      const { code, stderr } = await cli(['sim', '--port', new URL(urlIn(screen)).port]);
      expect([code, stderr]).toEqual([1, expect.stringContaining('it is in use')]);
    });
  });
});

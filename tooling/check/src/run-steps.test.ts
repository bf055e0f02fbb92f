import { expect, it } from 'vitest';
import { runSteps } from './run-steps.js';
import type { Step } from './steps.js';

const node = (name: string, script: string): Step => ({ name, command: ['node', '-e', script] });

async function lines(...steps: Step[]): Promise<{ green: boolean; text: string }> {
  let text = '';
  const green = await runSteps(steps, (part) => (text += part));
  return { green, text: text.replaceAll(/ +\d+\.\d s/g, '') };
}

it('says one line about each step that succeeds, and nothing of what it printed', async () => {
  const talkative = node('first', 'console.log("chatter")');
  expect(await lines(talkative, node('second', ''))).toEqual({ green: true, text: 'ok     first\nok     second\n' });
});

it('stops at the first step that fails and shows what it printed', async () => {
  const failing = node('first', 'console.error("because"); process.exit(3)');
  expect(await lines(failing, node('second', ''))).toEqual({ green: false, text: 'FAILED first\nbecause\n' });
});

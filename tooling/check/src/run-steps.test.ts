import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
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
  const second = { ...node('second', ''), after: 'first' };
  expect(await lines(talkative, second)).toEqual({ green: true, text: 'ok     first\nok     second\n' });
});

it('stops at the first step that fails, ends the one beside it and shows what the first printed', async () => {
  const failing = node('first', 'console.error("because"); process.exit(3)');
  const endless = node('second', 'setInterval(() => {}, 1_000)');
  expect(await lines(failing, endless, node('third', ''))).toEqual({ green: false, text: 'FAILED first\nbecause\n' });
});

it('begins a step that needs another once that is over, and others beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-steps-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = JSON.stringify(join(folder, 'begun'));
  const waits = node('waits', `while (!require('node:fs').existsSync(${file}));`);
  const needs = { ...node('needs', ''), after: 'waits' };
  const { green, text } = await lines(waits, needs, node('beside', `require('node:fs').writeFileSync(${file}, '')`));
  expect([green, text.split('\n').length]).toEqual([true, 4]);
  expect(text).toMatch(/ok {5}waits\n[^]*ok {5}needs\n/);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runSteps } from './run-steps.js';
import type { Step } from './steps.js';

const node = (name: string, script: string): Step => ({ name, command: ['node', '-e', script] });

/** A file that is not there yet, as a script names it. */
function fileToBe(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-steps-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'begun');
}

/** Leaves the process id there, for others to see. */
const write = (file: string): string =>
  `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid));`;

/** Goes on with `then` once there is something in the file; fails when that takes too long. */
const whenWritten = (file: string, then: string): string => `
  const isWritten = () => require('node:fs').statSync(${JSON.stringify(file)}, { throwIfNoEntry: false })?.size > 0;
  setInterval(() => { if (isWritten()) { ${then} } }, 5);
  setTimeout(() => { console.error('waited in vain'); process.exit(9); }, 60_000);`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

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
  const file = fileToBe();
  const failing = node('first', whenWritten(file, 'console.error("because"); process.exit(3);'));
  const endless = node('second', `${write(file)} setInterval(() => {}, 1_000);`);
  expect(await lines(failing, endless, node('third', ''))).toEqual({ green: false, text: 'FAILED first\nbecause\n' });
  const pid = Number(readFileSync(file, 'utf8'));
  onTestFinished(() => void (isAlive(pid) && process.kill(pid, 'SIGKILL')));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

it('begins a step that needs another once that is over, and others beside it', async () => {
  const file = fileToBe();
  const waits = node('waits', whenWritten(file, 'process.exit();'));
  const needs = { ...node('needs', ''), after: 'waits' };
  const { green, text } = await lines(waits, needs, node('beside', write(file)));
  expect([green, text.split('\n').length]).toEqual([true, 4]);
  expect(text).toMatch(/ok {5}waits\n[^]*ok {5}needs\n/);
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ENTRY = new URL('index.ts', import.meta.url).href;
const ASK = `await import(${JSON.stringify(ENTRY)}); console.log(%HasFastProperties(String.prototype));`;

it('nothing that the gateway loads makes V8 look up the methods of strings one by one', async () => {
  const args = ['--allow-natives-syntax', '--conditions=@sluice/source', '--import', import.meta.resolve('tsx')];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '--input-type=module', '--eval', ASK]);
  expect(stdout).toBe('true\n');
});

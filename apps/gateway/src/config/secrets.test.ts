import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isGatewayError } from '@sluice/contract';
import { problemLines } from '../__fixtures__/load.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { createSecretReader } from './secrets.js';

const withKey = (ref: string) => `providers: {o: {kind: openai, apiKey: ${ref}}}`;

describe('references to secrets in a configuration', () => {
  it('lead to a variable or a file', async () => {
    const cwd = temporaryDir();
    writeFileSync(join(cwd, 'key.txt'), 'sk-from-file\n');
    expect(await problemLines({ yaml: withKey('{env: MY_KEY}'), env: { MY_KEY: 'sk-from-env' } })).toEqual([]);
    expect(await problemLines({ yaml: withKey('{file: key.txt}'), cwd })).toEqual([]);
  });

  it.each([
    ['{env: UNSET}', 'the variable "UNSET" is not set'],
    ['{env: BLANK}', 'the variable "BLANK" is not set'],
    ['{env: SPLIT}', 'the variable "SPLIT" holds characters that no header can carry'],
    ['{file: gone.txt}', 'the file "gone.txt" is of no use: there is no such file'],
    ['{file: .}', 'the file "." is of no use: it is not a regular file'],
    ['{file: /dev/null}', 'the file "/dev/null" is of no use: it is not a regular file'],
  ])('are followed: %s', async (ref, reason) => {
    const env = { BLANK: ' ', SPLIT: 'sk-a\nb' };
    expect(await problemLines({ yaml: withKey(ref), env })).toEqual([`config error at providers.o.apiKey: ${reason}`]);
  });

  it('are not followed where nobody will call a provider', async () => {
    expect(await problemLines({ yaml: withKey('{env: UNSET}'), resolveSecrets: false })).toEqual([]);
  });

  it('are not seen in a map of headers', async () => {
    const yaml = 'providers: {o: {kind: openai, headers: {env: prod}}}';
    expect(await problemLines({ yaml })).toEqual([]);
  });
});

describe('createSecretReader', () => {
  it('reads a file anew each time, without the line end', async () => {
    const cwd = temporaryDir();
    const secret = createSecretReader({ env: {}, cwd });
    writeFileSync(join(cwd, 'key'), 'first\n');
    expect(await secret({ file: 'key' })).toBe('first');
    writeFileSync(join(cwd, 'key'), 'second\n');
    expect(await secret({ file: 'key' })).toBe('second');
  });

  it('reads a variable', async () => {
    expect(await createSecretReader({ env: { KEY: ' value ' }, cwd: '/' })({ env: 'KEY' })).toBe('value');
  });

  it.each([{ env: 'UNSET' }, { file: 'gone' }])('rejects with upstream_auth_error for %o', async (ref) => {
    const failure: unknown = await createSecretReader({ env: {}, cwd: temporaryDir() })(ref).catch(
      (cause: unknown) => cause,
    );
    expect(isGatewayError(failure, 'upstream_auth_error')).toBe(true);
  });
});

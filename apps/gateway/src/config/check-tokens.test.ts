import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { checkTokens } from './check-tokens.js';

const NAMES = { issuer: 'ci', audience: 'sluice' };
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function check(keys: object, env: Record<string, string> = {}) {
  const cwd = temporaryDir();
  writeFileSync(join(cwd, 'public.pem'), publicKey.export({ format: 'pem', type: 'spki' }));
  writeFileSync(join(cwd, 'private.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
  writeFileSync(join(cwd, 'other.txt'), 'no key');
  return checkTokens([{ ...NAMES, ...keys }], { env, cwd });
}

describe('the keys of issuers of tokens', () => {
  it.each([
    [{ publicKey: { file: 'private.pem' } }, 'publicKey', 'it holds a private key; the gateway needs the public one'],
    [{ publicKey: { file: 'other.txt' } }, 'publicKey', 'it holds no public key in PEM'],
    [{ publicKey: { file: 'missing.pem' } }, 'publicKey', expect.stringContaining('"missing.pem" is of no use')],
    [{ secret: { env: 'UNSET' } }, 'secret', 'the variable "UNSET" is not set'],
    [{ secret: { env: 'SHORT' } }, 'secret', 'it must hold at least 32 bytes'],
  ])('K-20: %j is a problem with its path', (keys, name, reason: unknown) => {
    expect(check(keys, { SHORT: 'changeme' })).toEqual([{ path: `auth.jwt[0].${name}`, reason }]);
  });

  it.each([{ publicKey: { file: 'public.pem' } }, { secret: { env: 'LONG' } }, { jwksUrl: 'http://127.0.0.1:9/jwks' }])(
    '%j is none',
    (keys) => {
      expect(check(keys, { LONG: 'x'.repeat(32) })).toEqual([]);
    },
  );
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isGatewayError } from '@sluice/contract';
import type { ErrorCode, IncomingHeaders, KeyRepository, Principal, SessionRepository, TenancyRepository } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { createManualClock } from '@sluice/testkit';
import type { ManualClock } from '@sluice/testkit';
import { createKeyAdmin, createKeyAuthenticator } from '../index.js';
import type { KeyAdmin, KeyAuthenticator, KeyAuthenticatorOptions } from '../index.js';

export const ADMIN_KEY = 'admin-key-of-the-operator-0123456789';
export const PEPPER = 'pepper-of-this-test';

/** What the authenticator said: the principal, or the code of its refusal. */
export type Verdict = Principal | ErrorCode;

export interface AuthRig {
  readonly directory: string;
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  readonly sessions: SessionRepository;
  readonly clock: ManualClock;
  readonly auth: KeyAuthenticator;
  readonly admin: KeyAdmin;
  readonly ask: (headers: IncomingHeaders) => Promise<Verdict>;
  readonly askAsOperator: (headers: IncomingHeaders) => Promise<Verdict>;
}

/** An authenticator and an admin over one SQLite file; changes by the admin are known to the authenticator at once. */
export function authRig(options: Partial<KeyAuthenticatorOptions> = {}): AuthRig {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-auth-'));
  const store = openSqliteStore({ path: join(directory, 'sluice.db') });
  onTestFinished(() => {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const { keys, tenancy, sessions } = store;
  const clock = createManualClock();
  const defaults = { keys, tenancy, clock, pepper: PEPPER, adminKey: ADMIN_KEY, adminKeyOnDataPlane: true, profiles: {} };
  const auth = createKeyAuthenticator({ ...defaults, ...options });
  const onChange = () => auth.refresh();
  // Profiles that were there when keys were made; the authenticator may know others.
  const profiles = { small: {}, gone: {}, ['constructor']: {} };
  const admin = createKeyAdmin({ keys, tenancy, clock, pepper: PEPPER, prefix: 'sk-sluice-', profiles, onChange });
  const { signal } = new AbortController();
  return {
    directory,
    keys,
    tenancy,
    sessions,
    clock,
    auth,
    admin,
    ask: (headers) => auth.authenticate({ headers }, signal).catch(codeOf),
    askAsOperator: (headers) => auth.authorize({ headers }, 'config:write', signal).catch(codeOf),
  };
}

export function bearer(key: string): IncomingHeaders {
  return { authorization: `Bearer ${key}` };
}

function codeOf(error: unknown): ErrorCode {
  if (isGatewayError(error)) return error.code;
  throw error;
}

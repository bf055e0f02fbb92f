import { ADMIN, createKeyAdmin, createKeyAuthenticator } from '@sluice/auth';
import type { Clock } from '@sluice/contract';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { Work } from './measure-part.js';

const KEYS = 1_000;
/** Those that call. */
const CALLERS = 64;
const PEPPER = 'a pepper that is as long as one of a data directory';
const NEVER = new AbortController().signal;

/** A thousand keys, some of which call in turn, with the headers of an SDK. */
export function createAuthWork({ keys, tenancy }: SqliteStore, clock: Clock): Work {
  const deps = { keys, tenancy, pepper: PEPPER, profiles: {}, clock };
  const admin = createKeyAdmin({ ...deps, prefix: 'sk-sluice-' });
  const made = Array.from({ length: KEYS }, (_, i) => admin.create({ name: `key ${i}` }, ADMIN).key);
  const authenticator = createKeyAuthenticator({ ...deps, adminKeyOnDataPlane: true });
  const callers = made.slice(0, CALLERS).map((key) => ({
    headers: {
      host: '127.0.0.1:4000',
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': '1024',
      authorization: `Bearer ${key}`,
    },
    peer: { remoteAddress: '127.0.0.1' },
  }));
  let turn = 0;
  return async () => {
    const caller = callers[(turn += 1) % CALLERS];
    if (caller) await authenticator.authenticate(caller, NEVER);
  };
}

import { createHmac } from 'node:crypto';
import type {
  AuditEntry,
  AuditSeal,
  Directory,
  KeyRecord,
  OrgRecord,
  SettingRecord,
  TeamRecord,
  UserRecord,
} from '@sluice/contract';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { timed } from './timed.js';

/** A directory to test, with no more in it than the organisation `default`. */
export interface DirectoryUnderTest {
  readonly directory: Directory;
  /** The same one, as another process has it. */
  another(): Promise<Directory>;
  /** Called when the test has ended. */
  dispose?(): Promise<void> | void;
}
export type CreateDirectory = () => Promise<DirectoryUnderTest>;

/** In which every process has to see a change. */
const SEEN_WITHIN_MS = 1_000;
const AT_MS = 1_700_000_000_000;

const KEY: KeyRecord = {
  id: 'key_a',
  name: 'ci "quoted" ключ',
  hash: 'hash-a',
  last4: 'wxyz',
  createdAtMs: AT_MS,
  expiresAtMs: AT_MS + 1,
  tenant: 'acme',
  team: 'search',
  user: 'ada',
  role: 'operator',
  models: ['openai/*'],
  routes: [],
  tools: ['search'],
  ips: ['10.0.0.0/8'],
  limits: { requestsPerMinute: 5 },
  profile: 'small',
  budget: { usd: 1.5, window: '30d' },
  metadata: { 'a"b': '\u{1f600} \\u0000' },
};
const ORG: OrgRecord = { id: 'acme', name: 'Acme', createdAtMs: AT_MS, metadata: { a: 'b' } };
const TEAM: TeamRecord = { id: 'search', org: 'acme', name: 'Search', createdAtMs: AT_MS };
const USER: UserRecord = {
  id: 'ada',
  org: 'acme',
  team: 'search',
  kind: 'person',
  role: 'admin',
  name: 'Ada',
  email: 'ada@example.com',
  subject: 'sub|1',
  issuer: 'https://id.example.com',
  createdAtMs: AT_MS,
};
const SETTING: SettingRecord = { kind: 'test', name: 'a', value: { n: 1, list: [1.5, null] }, changedAtMs: AT_MS };

const hmac = (value: unknown): string =>
  createHmac('sha256', 'suite').update(JSON.stringify(value)).digest('base64url');
const SEAL: AuditSeal = { row: (row) => hmac(Object.entries(row).toSorted()), head: (head) => hmac(head) };

const entryOf = (object: string, given: Partial<AuditEntry> = {}): AuditEntry => ({
  atMs: AT_MS,
  actor: 'admin',
  actorName: 'Ann',
  role: 'owner',
  tenant: 'default',
  action: 'setTest',
  object,
  ...given,
});

/** Makes a change with its row. */
function change<T>({ audit }: Directory, object: string, work: () => T): Promise<T> {
  return audit.record(() => ({ result: work(), entry: entryOf(object) }), SEAL);
}

/** What every `Directory` owes: changes with their rows, seen by every process within a second, on one unbroken chain. */
export function directorySuite(name: string, create: CreateDirectory): void {
  const open = async (): Promise<DirectoryUnderTest> => {
    const made = await create();
    onTestFinished(() => made.dispose?.());
    return made;
  };
  describe(`${name} as a directory`, () => {
    recordTests(open);
    transactionTests(open);
    concurrencyTests(open);
    chainTests(open);
    pageTests(open);
  });
}

/** Everything that the records above are. */
async function fill(directory: Directory): Promise<void> {
  const { keys, tenancy, settings } = directory;
  await change(directory, 'all', () => {
    tenancy.orgs.insert(ORG);
    tenancy.teams.insert(TEAM);
    tenancy.users.insert(USER);
    keys.insert(KEY);
    settings.put(SETTING);
  });
}

function everything({ keys, tenancy, settings }: Directory): unknown {
  const { orgs, teams, users } = tenancy;
  return [keys.list(), orgs.list('acme'), teams.list(), users.list(), settings.list('test')];
}

function recordTests(open: CreateDirectory): void {
  it('gives back what was put, to every process and to one that comes later', async () => {
    const { directory, another } = await open();
    const early = await another();
    await fill(directory);
    const all = [[KEY], [ORG], [TEAM], [USER], [SETTING]];
    expect(everything(directory)).toStrictEqual(all);
    await seen(() => expect(everything(early)).toStrictEqual(all));
    expect(everything(await another())).toStrictEqual(all);
  });

  it('shows a revocation, a rotation and a setting to every process within a second, by a newer version', async () => {
    const { directory, another } = await open();
    await fill(directory);
    const other = await another();
    const before = [other.keys.version(), other.settings.version()] as const;
    await change(directory, 'key_a', () =>
      directory.keys.rotate('key_a', { hash: 'hash-b', last4: 'last', atMs: AT_MS, oldUntilMs: AT_MS + 9 }),
    );
    await change(directory, 'key_a', () => directory.keys.revoke('key_a', AT_MS + 5));
    await change(directory, 'a', () => directory.settings.delete('test', 'a'));
    const retiring = [{ hash: 'hash-a', last4: 'wxyz', untilMs: AT_MS + 9 }];
    const now = { ...KEY, hash: 'hash-b', last4: 'last', retiring, revokedAtMs: AT_MS + 5 };
    await seen(() => {
      expect([other.keys.find('key_a'), other.settings.list('test')]).toStrictEqual([now, []]);
      expect(other.keys.version()).toBeGreaterThan(before[0]);
      expect(other.settings.version()).toBeGreaterThan(before[1]);
    });
  });

  it('shows that an organisation is gone with all that belongs to it, and another one under its name', async () => {
    const { directory, another } = await open();
    await fill(directory);
    const other = await another();
    await change(directory, 'acme', () => directory.tenancy.orgs.remove('acme', AT_MS + 7));
    const revoked = { ...KEY, revokedAtMs: AT_MS + 7 };
    await seen(() => expect(everything(other)).toStrictEqual([[revoked], [], [], [], [SETTING]]));
    await change(directory, 'acme', () => directory.tenancy.orgs.insert({ ...ORG, name: 'Acme 2' }));
    await seen(() => expect(other.tenancy.orgs.find('acme')?.name).toBe('Acme 2'));
  });
}

function transactionTests(open: CreateDirectory): void {
  it('has neither a change that failed half way nor its row', async () => {
    const { directory } = await open();
    const cause = new Error('no');
    const failed = change(directory, 'a', () => {
      directory.settings.put(SETTING);
      throw cause;
    });
    await expect(failed).rejects.toBe(cause);
    expect([directory.settings.list('test'), await directory.audit.page({ limit: 9 })]).toEqual([[], []]);
    expect(await directory.audit.head()).toBeUndefined();
  });

  it('has neither a change whose row fails nor the row', async () => {
    const { directory } = await open();
    const cause = new Error('no seal');
    const seal: AuditSeal = {
      ...SEAL,
      row: () => {
        throw cause;
      },
    };
    const failed = directory.audit.record(() => {
      directory.settings.put(SETTING);
      return { result: 1, entry: entryOf('a') };
    }, seal);
    await expect(failed).rejects.toThrow();
    expect([directory.settings.list('test'), await directory.audit.page({ limit: 9 })]).toEqual([[], []]);
  });
}

function concurrencyTests(open: CreateDirectory): void {
  it('changes the newest state, whichever of two processes made it', async () => {
    const { directory, another } = await open();
    const both = [directory, await another()] as const;
    const count = ({ settings }: Directory): number => Number(settings.find('test', 'count')?.value['n'] ?? 0);
    const increment = (one: Directory): Promise<void> =>
      change(one, 'count', () =>
        one.settings.put({ kind: 'test', name: 'count', value: { n: count(one) + 1 }, changedAtMs: AT_MS }),
      );
    await Promise.all(Array.from({ length: 20 }, (_, turn) => increment(turn % 2 === 0 ? both[0] : both[1])));
    await seen(() => expect(both.map(count)).toEqual([20, 20]));
  });

  it('gives an id to one of two processes that want it', async () => {
    const { directory, another } = await open();
    const other = await another();
    const claims = [directory, other].map((one, n) =>
      change(one, 'acme', () => one.tenancy.orgs.insert({ ...ORG, name: `Acme ${n}` })),
    );
    expect((await Promise.all(claims)).toSorted()).toEqual([false, true]);
  });
}

function chainTests(open: CreateDirectory): void {
  it('keeps one chain, whoever writes at the same time', async () => {
    const { directory, another } = await open();
    const both = [directory, await another()] as const;
    const note = (one: Directory, turn: number): Promise<void> =>
      one.audit.record(() => ({ result: undefined, entry: entryOf(`object-${turn}`) }), SEAL);
    await Promise.all(Array.from({ length: 30 }, (_, turn) => note(turn % 2 === 0 ? both[0] : both[1], turn)));
    const head = await directory.audit.head();
    let previous = '';
    let seq = 0;
    for await (const { hash, ...row } of both[1].audit.all(head?.seq ?? 0)) {
      expect([row.seq, row.previous, hash]).toEqual([(seq += 1), previous, SEAL.row(row)]);
      previous = hash;
    }
    expect(head).toEqual({ seq: 30, hash: previous, mac: SEAL.head({ seq: 30, hash: previous }) });
  });
}

function pageTests(open: CreateDirectory): void {
  it('pages through rows, newest first, and only those asked for', async () => {
    const { directory } = await open();
    const { audit } = directory;
    for (let turn = 1; turn <= 5; turn += 1) await change(directory, `name-${turn}`, () => undefined);
    const entry = entryOf('x', { actor: 'key_2', tenant: 'org_2', action: 'other', atMs: AT_MS + 9, changed: 'a b' });
    await audit.record(() => ({ result: undefined, entry }), SEAL);
    const numbers = async (query: object): Promise<number[]> =>
      (await audit.page({ limit: 10, ...query })).map(({ seq }) => seq);
    expect((await audit.page({ limit: 1 }))[0]).toMatchObject(entry);
    expect(await numbers({ limit: 2 })).toEqual([6, 5]);
    expect(await numbers({ limit: 2, before: 5 })).toEqual([4, 3]);
    expect(await numbers({ actor: 'key_2', tenant: 'org_2', action: 'other', object: 'x' })).toEqual([6]);
    expect(await numbers({ action: 'setTest', object: 'name-3' })).toEqual([3]);
    expect([await numbers({ untilMs: AT_MS }), await numbers({ sinceMs: AT_MS + 1 })]).toEqual([[], [6]]);
  });
}

/** Asks until it holds, which takes no longer than a change may, less what this machine was busy with. */
async function seen(assert: () => void): Promise<void> {
  const { tookMs } = await timed(() => vi.waitFor(assert, { timeout: 20_000, interval: 10 }));
  expect(tookMs).toBeLessThan(SEEN_WITHIN_MS);
}

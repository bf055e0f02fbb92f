import type { KeyRecord, Role, TenancyRepository, UserRecord } from '@sluice/contract';

/** Whom keys and tokens belong to, as far as it matters to them. */
export class Owners {
  readonly #disabled: ReadonlySet<string>;
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #teams: ReadonlyMap<string, string>;
  readonly #subjects: ReadonlyMap<string, UserRecord>;

  constructor({ orgs, teams, users }: TenancyRepository) {
    const disabled = (records: readonly { readonly id: string; readonly disabledAtMs?: number }[], kind: string) =>
      records.filter(({ disabledAtMs }) => disabledAtMs !== undefined).map(({ id }) => `${kind}:${id}`);
    const people = users.list();
    this.#roles = new Map(people.map(({ id, role }) => [id, role]));
    const groups = teams.list();
    this.#teams = new Map(groups.map(({ id, org }) => [id, org]));
    const named = people.filter(({ subject }) => subject !== undefined);
    this.#subjects = new Map(named.map((user) => [toSubjectKey(user.org, user.subject ?? ''), user]));
    this.#disabled = new Set([
      ...disabled(orgs.list(), 'org'),
      ...disabled(groups, 'team'),
      ...disabled(people, 'user'),
    ]);
  }

  /** The user whose tokens have this subject. */
  userOf(org: string, subject: string): UserRecord | undefined {
    return this.#subjects.get(toSubjectKey(org, subject));
  }

  hasTeam(org: string, team: string): boolean {
    return this.#teams.get(team) === org;
  }

  roleOf({ user }: KeyRecord): Role | undefined {
    return user === undefined ? undefined : this.#roles.get(user);
  }

  areDisabled({ tenant, team, user }: Pick<KeyRecord, 'tenant' | 'team' | 'user'>): boolean {
    const disabled = this.#disabled;
    return disabled.has(`org:${tenant}`) || disabled.has(`team:${team}`) || disabled.has(`user:${user}`);
  }
}

function toSubjectKey(org: string, subject: string): string {
  // An id has no space.
  return `${org} ${subject}`;
}

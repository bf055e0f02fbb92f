import type { KeyRecord, Role, TenancyRepository, UserRecord } from '@sluice/contract';

/** Whom keys and tokens belong to, as far as it matters to them. */
export class Owners {
  readonly #orgs: ReadonlySet<string>;
  readonly #disabled: ReadonlySet<string>;
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #teams: ReadonlyMap<string, string>;
  readonly #subjects: ReadonlyMap<string, UserRecord>;

  constructor({ orgs, teams, users }: TenancyRepository) {
    const disabled = (records: readonly (Disableable & { readonly id: string })[], kind: string) =>
      records.filter(isDisabled).map(({ id }) => `${kind}:${id}`);
    const tenants = orgs.list();
    this.#orgs = new Set(tenants.map(({ id }) => id));
    const people = users.list();
    this.#roles = new Map(people.map(({ id, role }) => [id, role]));
    const groups = teams.list();
    this.#teams = new Map(groups.map(({ id, org }) => [id, org]));
    const named = people.filter(({ subject }) => subject !== undefined);
    // Of several with one subject the disabled one comes last: it counts.
    const ordered = named.toSorted((a, b) => Number(isDisabled(a)) - Number(isDisabled(b)));
    this.#subjects = new Map(ordered.map((user) => [toSubjectKey(user.org, user.subject ?? ''), user]));
    this.#disabled = new Set([...disabled(tenants, 'org'), ...disabled(groups, 'team'), ...disabled(people, 'user')]);
  }

  /** The user whose tokens have this subject. */
  userOf(org: string, subject: string): UserRecord | undefined {
    return this.#subjects.get(toSubjectKey(org, subject));
  }

  hasOrg(id: string): boolean {
    return this.#orgs.has(id);
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

interface Disableable {
  readonly disabledAtMs?: number;
}

function isDisabled({ disabledAtMs }: Disableable): boolean {
  return disabledAtMs !== undefined;
}

function toSubjectKey(org: string, subject: string): string {
  // An id has no space.
  return `${org} ${subject}`;
}

import type { KeyRecord, Principal, Role, TenancyRepository, UserRecord } from '@sluice/contract';

/** Whom keys and tokens belong to, as far as it matters to them. */
export class Owners {
  readonly #orgs: ReadonlyMap<string, number>;
  readonly #disabled: ReadonlySet<string>;
  readonly #teams: ReadonlyMap<string, string>;
  readonly #users: ReadonlyMap<string, UserRecord>;
  readonly #subjects: ReadonlyMap<string, UserRecord>;

  constructor({ orgs, teams, users }: TenancyRepository) {
    const disabled = (records: readonly (Disableable & { readonly id: string })[], kind: string) =>
      records.filter(isDisabled).map(({ id }) => `${kind}:${id}`);
    const tenants = orgs.list();
    this.#orgs = new Map(tenants.map(({ id, createdAtMs }) => [id, createdAtMs]));
    const people = users.list();
    this.#users = new Map(people.map((user) => [user.id, user]));
    const groups = teams.list();
    this.#teams = new Map(groups.map(({ id, org }) => [id, org]));
    const named = people.filter(({ subject }) => subject !== undefined);
    // Of several with one subject the disabled one comes last: it counts.
    const ordered = named.toSorted((a, b) => Number(isDisabled(a)) - Number(isDisabled(b)));
    this.#subjects = new Map(ordered.map((user) => [toSubjectKey(user.org, user.subject ?? '', user.issuer), user]));
    this.#disabled = new Set([...disabled(tenants, 'org'), ...disabled(groups, 'team'), ...disabled(people, 'user')]);
  }

  /**
   * The user whom this issuer calls so: the one that names the issuer, before one that names none. One that names none and is
   * disabled is so for every issuer: nobody sets it free by making another beside it.
   */
  userOf(org: string, subject: string, issuer: string): UserRecord | undefined {
    const ofAll = this.#subjects.get(toSubjectKey(org, subject));
    if (ofAll && isDisabled(ofAll)) return ofAll;
    return this.#subjects.get(toSubjectKey(org, subject, issuer)) ?? ofAll;
  }

  /**
   * When the organisation and the user were made. What is deleted and made again under the same id is another one; undefined
   * where one of them is not there.
   */
  madeAt({ tenant, user }: Pick<Principal, 'tenant' | 'user'>): string | undefined {
    const orgAtMs = this.#orgs.get(tenant);
    if (user === undefined) return orgAtMs === undefined ? undefined : String(orgAtMs);
    const userAtMs = this.#users.get(user)?.createdAtMs;
    return orgAtMs === undefined || userAtMs === undefined ? undefined : `${orgAtMs} ${userAtMs}`;
  }

  hasOrg(id: string): boolean {
    return this.#orgs.has(id);
  }

  hasTeam(org: string, team: string): boolean {
    return this.#teams.get(team) === org;
  }

  roleOf({ user }: KeyRecord): Role | undefined {
    return user === undefined ? undefined : this.#users.get(user)?.role;
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

function toSubjectKey(org: string, subject: string, issuer?: string): string {
  return JSON.stringify([org, subject, issuer]);
}

import { randomBytes } from 'node:crypto';
import { gatewayError } from '@sluice/contract';
import type {
  Clock,
  OrgRecord,
  Principal,
  RecordRepository,
  TeamRecord,
  TenancyRepository,
  Tenanted,
  UserRecord,
} from '@sluice/contract';
import type { RandomBytes } from './api-key.js';
import { defined } from './defined.js';
import { HOME_TENANT, mayGrant, sees, visibleTenant } from './permissions.js';
import { forbidden, invalid } from './refuse.js';
import { createReferences } from './references.js';
import type { References } from './references.js';
import type {
  ChangeInput,
  ChangeUserInput,
  CreateOrgInput,
  CreateTeamInput,
  CreateUserInput,
} from './tenancy-schemas.js';

export interface TenancyAdminDeps {
  readonly tenancy: TenancyRepository;
  readonly clock: Clock;
  /** Runs after every change, for example to refresh the authenticator of this process. */
  readonly onChange?: () => void;
  /** Default `crypto.randomBytes`. */
  readonly random?: RandomBytes;
}

/**
 * What is done in the name of `by`, who has the permission. What `by` may not see does not exist: `not_found`, and
 * `invalid_value` where an input names it.
 */
export interface RecordAdmin<R, Create, Change> {
  create(input: Create, by: Principal): R;
  /** The oldest first. */
  list(by: Principal): readonly R[];
  find(id: string, by: Principal): R;
  change(id: string, input: Change, by: Principal): R;
  /** Deletes it with all that belongs to it; the keys of that are revoked. */
  remove(id: string, by: Principal): void;
}
export interface TenancyAdmin {
  readonly orgs: RecordAdmin<OrgRecord, CreateOrgInput, ChangeInput>;
  readonly teams: RecordAdmin<TeamRecord, CreateTeamInput, ChangeInput>;
  readonly users: RecordAdmin<UserRecord, CreateUserInput, ChangeUserInput>;
}

/** Makes, changes and deletes organisations, teams and users. Every method throws what the repository throws, too. */
export function createTenancyAdmin(deps: TenancyAdminDeps): TenancyAdmin {
  const references = createReferences(deps.tenancy);
  return {
    orgs: createOrgs(deps),
    teams: createTeams(deps, references),
    users: createUsers(deps, references),
  };
}

interface Kind<R> {
  /** Ids that are given begin with it. */
  readonly name: 'org' | 'team' | 'user';
  readonly repository: RecordRepository<R & Tenanted>;
  orgOf(record: R): string;
}

/** 9 bytes are the 12 characters after `team_`. */
const ID_BYTES = 9;

class Records<R extends Tenanted> {
  readonly #kind: Kind<R>;
  readonly #deps: TenancyAdminDeps;

  constructor(kind: Kind<R>, deps: TenancyAdminDeps) {
    this.#kind = kind;
    this.#deps = deps;
  }

  insert(rest: Omit<R, 'id' | 'createdAtMs'>, wanted?: string): R {
    const { clock, random = randomBytes } = this.#deps;
    // base64url may begin with "-" or "_": the name before it makes the whole a good id.
    const id = wanted ?? `${this.#kind.name}_${random(ID_BYTES).toString('base64url')}`;
    const record = { ...rest, id, createdAtMs: clock.now() } as unknown as R;
    if (!this.#kind.repository.insert(record)) throw invalid('id', 'This id is taken.');
    this.#deps.onChange?.();
    return record;
  }

  list(by: Principal): readonly R[] {
    return this.#kind.repository.list(visibleTenant(by));
  }

  find(id: string, by: Principal): R {
    const record = this.#kind.repository.find(id);
    if (record && sees(by, this.#kind.orgOf(record))) return record;
    throw gatewayError('not_found', { message: `There is no such ${this.#kind.name}.` });
  }

  update(record: R, { name, metadata, disabled }: ChangeInput): R {
    const { disabledAtMs = this.#deps.clock.now(), ...enabled } = record;
    const kept = disabled === undefined ? record : disabled ? { ...enabled, disabledAtMs } : enabled;
    const next = { ...kept, ...(name !== undefined && { name }), ...(metadata && { metadata }) } as R;
    if (!this.#kind.repository.update(next)) {
      throw gatewayError('not_found', { message: `There is no such ${this.#kind.name}.` });
    }
    this.#deps.onChange?.();
    return next;
  }

  remove({ id }: R): void {
    this.#kind.repository.remove(id, this.#deps.clock.now());
    this.#deps.onChange?.();
  }
}

function createOrgs(deps: TenancyAdminDeps): TenancyAdmin['orgs'] {
  const records = new Records<OrgRecord>({ name: 'org', repository: deps.tenancy.orgs, orgOf: ({ id }) => id }, deps);
  return {
    create: ({ id, ...rest }) => records.insert(rest, id),
    list: (by) => records.list(by),
    find: (id, by) => records.find(id, by),
    change(id, input, by) {
      const record = records.find(id, by);
      if (input.disabled !== undefined) {
        if (by.kind !== 'admin') throw forbidden('Only the operator of the gateway disables organisations.');
        assertNotHome(record, 'disabled');
      }
      return records.update(record, input);
    },
    remove(id, by) {
      const record = records.find(id, by);
      assertNotHome(record, 'id');
      records.remove(record);
    },
  };
}

function assertNotHome({ id }: OrgRecord, param: string): void {
  if (id === HOME_TENANT) throw invalid(param, "The gateway's own organisation stays.");
}

function createTeams(deps: TenancyAdminDeps, references: References): TenancyAdmin['teams'] {
  const records = new Records<TeamRecord>(
    { name: 'team', repository: deps.tenancy.teams, orgOf: ({ org }) => org },
    deps,
  );
  return {
    create({ id, org, ...rest }, by) {
      return records.insert({ ...rest, org: references.org(org, by) }, id);
    },
    list: (by) => records.list(by),
    find: (id, by) => records.find(id, by),
    change: (id, input, by) => records.update(records.find(id, by), input),
    remove: (id, by) => records.remove(records.find(id, by)),
  };
}

function createUsers(deps: TenancyAdminDeps, references: References): TenancyAdmin['users'] {
  const records = new Records<UserRecord>(
    { name: 'user', repository: deps.tenancy.users, orgOf: ({ org }) => org },
    deps,
  );
  return {
    create({ id, org, team, ...rest }, by) {
      assertGrant(by, rest.role);
      const place = references.place(defined({ org, team }), by);
      assertFree({ ...rest, org: place.org }, deps);
      return records.insert({ ...rest, ...place }, id);
    },
    list: (by) => records.list(by),
    find: (id, by) => records.find(id, by),
    change(id, { team, role, email, subject, issuer, ...input }, by) {
      const record = records.find(id, by);
      // Neither a role above the own one to give, nor anything to change of who has one.
      for (const one of [record.role, role ?? record.role]) assertGrant(by, one);
      if (typeof team === 'string') references.place({ org: record.org, team }, by);
      const { team: former, issuer: formerIssuer, ...rest } = record;
      const next = {
        ...rest,
        ...defined({ team: team === null ? undefined : (team ?? former), role, email, subject }),
        ...defined({ issuer: issuer === null ? undefined : (issuer ?? formerIssuer) }),
      };
      assertFree(next, deps);
      return records.update(next, input);
    },
    remove(id, by) {
      const record = records.find(id, by);
      assertGrant(by, record.role);
      records.remove(record);
    },
  };
}

interface WantedSubject {
  /** Of the user who wants it; a new one has none yet. */
  readonly id?: string;
  readonly org: string;
  readonly subject?: string;
  readonly issuer?: string;
}

/** Tokens speak for one user: of two with one subject, the second could undo that the first is disabled. */
function assertFree({ id, org, subject, issuer }: WantedSubject, { tenancy }: TenancyAdminDeps): void {
  if (subject === undefined) {
    if (issuer !== undefined) throw invalid('issuer', 'An issuer needs the subject that it names.');
    return;
  }
  const isTaken = tenancy.users
    .list(org)
    .some((user) => user.subject === subject && user.issuer === issuer && user.id !== id);
  if (isTaken) throw invalid('subject', 'Another user of the organisation has this subject.');
}

function assertGrant(by: Principal, role: UserRecord['role']): void {
  if (!mayGrant(by, role)) throw forbidden(`The role "${role}" is above your own.`, 'role');
}

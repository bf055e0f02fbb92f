import { gatewayError } from '@sluice/contract';
import type { Principal, Role } from '@sluice/contract';

/** From the most to the least of them. */
export const ROLES = ['owner', 'admin', 'operator', 'viewer', 'caller'] as const satisfies readonly Role[];

/** The organisation of whoever belongs to no other: the operator's own. */
export const HOME_TENANT = 'default';

export interface PermissionRow {
  /** Who has it; the operator of the gateway, by the admin key, has every permission. */
  readonly roles: readonly Role[];
  /**
   * `organisation`: for what belongs to the caller's own organisation; the rest does not exist for it.
   * `gateway`: for what all organisations share, so that only roles of the operator's own organisation have it.
   */
  readonly scope: 'organisation' | 'gateway';
  readonly summary: string;
}

const OWNER: readonly Role[] = ['owner'];
const ADMINS: readonly Role[] = ['owner', 'admin'];
const OPERATORS: readonly Role[] = ['owner', 'admin', 'operator'];
const READERS: readonly Role[] = ['owner', 'admin', 'operator', 'viewer'];
const CALLERS: readonly Role[] = ['owner', 'admin', 'operator', 'caller'];

const own = (roles: readonly Role[], summary: string): PermissionRow => ({ roles, scope: 'organisation', summary });
const shared = (roles: readonly Role[], summary: string): PermissionRow => ({ roles, scope: 'gateway', summary });

/** The one table of what each role may do. Every route names its row; `docs/identity.md` shows it. */
export const PERMISSIONS = {
  'models:call': own(CALLERS, 'ask models, and come back to stored answers'),
  'models:list': own(ROLES, 'list the models that may be asked'),
  'keys:read': own(READERS, 'list keys'),
  'keys:write': own(ADMINS, 'make, rotate and revoke keys, with rights that are not above the own ones'),
  'orgs:create': shared([], 'make and delete organisations'),
  'orgs:read': own(READERS, 'see the organisation'),
  'orgs:write': own(OWNER, 'rename the organisation'),
  'teams:read': own(READERS, 'list teams'),
  'teams:write': own(ADMINS, 'make, change and delete teams'),
  'users:read': own(READERS, 'list users and service accounts'),
  'users:write': own(ADMINS, 'make, change and delete users, with roles that are not above the own one'),
  'requests:read': own(READERS, 'see requests in the ledger'),
  'bodies:read': own(OPERATORS, 'read what requests and their answers said, where it is kept'),
  'spend:read': own(READERS, 'see what requests cost'),
  'spend:write': shared(ADMINS, 'price requests again'),
  'limits:read': own(READERS, 'see limits'),
  'limits:write': own(ADMINS, 'change limits'),
  'budgets:read': own(READERS, 'see budgets'),
  'budgets:write': own(ADMINS, 'change budgets'),
  'explain:read': own(READERS, 'see where a request would go, and why'),
  'api:read': own(READERS, 'read the description of this API'),
  'health:read': shared(READERS, 'see the health of providers'),
  'metrics:read': shared(READERS, 'read metrics'),
  'config:read': shared(READERS, 'see the configuration and the catalogue'),
  'config:write': shared(OPERATORS, 'reload the configuration, refresh the catalogue'),
  'breakers:read': shared(READERS, 'see circuits'),
  'breakers:write': shared(OPERATORS, 'open and reset circuits'),
  'providers:read': shared(READERS, 'see providers and the models behind them'),
  'providers:write': shared(ADMINS, 'change providers and their keys'),
  'cache:write': shared(OPERATORS, 'empty the cache'),
  'cors:read': shared(READERS, 'see which browser origins may call'),
  'cors:write': shared(ADMINS, 'change which browser origins may call'),
  'audit:read': shared(ADMINS, 'read the audit log'),
  'drills:run': shared(OPERATORS, 'run drills'),
} as const satisfies Readonly<Record<string, PermissionRow>>;

export type Permission = keyof typeof PERMISSIONS;

const DATA_PLANE: ReadonlySet<Permission> = new Set<Permission>(['models:call', 'models:list']);

/** Whether it is what callers do, and no operator as such. */
export function isForCallers(permission: Permission): boolean {
  return DATA_PLANE.has(permission);
}

/** Whether a principal may do it to what is its own. */
export function may({ kind, role, bound, tenant }: Principal, permission: Permission): boolean {
  if (kind === 'admin') return true;
  const { roles, scope }: PermissionRow = PERMISSIONS[permission];
  if (!roles.includes(role) || (bound !== undefined && !roles.includes(bound))) return false;
  return scope === 'organisation' || tenant === HOME_TENANT;
}

/** Throws `route_not_allowed` for whoever may not. */
export function assertMay(principal: Principal, permission: Permission): void {
  if (may(principal, permission)) return;
  const { summary }: PermissionRow = PERMISSIONS[permission];
  const { role, bound } = principal;
  const who = bound === undefined ? `The role "${role}"` : `The role "${role}", of a user who is now "${bound}",`;
  throw gatewayError('route_not_allowed', { message: `${who} may not ${summary} here.` });
}

/** The organisation that a principal sees; nothing for the operator of the gateway, who sees them all. */
export function visibleTenant({ kind, tenant }: Principal): string | undefined {
  return kind === 'admin' ? undefined : tenant;
}

/** Whether an organisation's objects exist for a principal. */
export function sees(principal: Principal, tenant: string): boolean {
  return principal.kind === 'admin' || principal.tenant === tenant;
}

/** Whether a principal may give a role to somebody: one that may nothing that it may not itself. */
export function mayGrant({ kind, role: own, bound = own }: Actor, role: Role): boolean {
  return kind === 'admin' || (isWithin(role, own) && isWithin(role, bound));
}

/** As whom somebody acts. */
export type Actor = Pick<Principal, 'kind' | 'role' | 'bound'>;

/** What is left of a role for somebody who may at most what `bound` may. */
export function withinBound(role: Role, bound: Role | undefined): Pick<Principal, 'role' | 'bound'> {
  if (bound === undefined || isWithin(role, bound)) return { role };
  return isWithin(bound, role) ? { role: bound } : { role, bound };
}

/** Whether `role` may nothing that `bound` may not. */
export function isWithin(role: Role, bound: Role): boolean {
  return Object.values<PermissionRow>(PERMISSIONS).every(({ roles }) => !roles.includes(role) || roles.includes(bound));
}

import { gatewayError } from '@sluice/contract';
import type { KeyRepository, Principal, TenancyRepository } from '@sluice/contract';
import type { Maker } from '../../limits/live-book.js';

export interface ScopeRights {
  /** Whether a scope belongs to what the principal sees. */
  sees(principal: Principal, scope: string | undefined): boolean;
  /** Throws `not_found` or `route_not_allowed` for what the principal may not change, else says who it is. */
  assertMayChange(principal: Principal, scope: string | undefined, before: Maker | undefined): Maker;
}

export interface ScopeRightsDeps {
  readonly tenancy: Pick<TenancyRepository, 'teams' | 'users'>;
  readonly keys: Pick<KeyRepository, 'find'>;
}

/** The operator of the gateway sees and changes everything, those of an organisation what is below it. */
export function createScopeRights({ tenancy, keys }: ScopeRightsDeps): ScopeRights {
  const ownerOf = (scope: string): string | undefined => {
    const colon = scope.indexOf(':');
    const id = scope.slice(colon + 1);
    switch (scope.slice(0, colon)) {
      case 'org':
        return id;
      case 'team':
        return tenancy.teams.find(id)?.org;
      case 'user':
        return tenancy.users.find(id)?.org;
      case 'key':
        return keys.find(id)?.tenant;
      case 'end-user':
        return id.slice(0, Math.max(0, id.indexOf('/')));
      default:
        return undefined;
    }
  };
  const sees: ScopeRights['sees'] = (principal, scope) =>
    isOfGateway(principal) || (scope !== undefined && ownerOf(scope) === principal.tenant);
  return {
    sees,
    assertMayChange(principal, scope, before) {
      if (isOfGateway(principal)) return 'gateway';
      if (!sees(principal, scope)) throw gatewayError('not_found', { message: 'There is no such scope.' });
      if (before === 'gateway' || scope?.startsWith('org:')) {
        throw gatewayError('route_not_allowed', { message: 'This was set by the operators of the gateway.' });
      }
      return 'organisation';
    },
  };
}

function isOfGateway({ kind }: Principal): boolean {
  return kind === 'admin';
}

import type { AuditedChange } from '../audit/audit-log.js';
import type { Permission } from '@sluice/auth';
import type { Answer } from '@sluice/core';
import { gatewayError } from '@sluice/contract';
import type { IncomingHeaders, Peer, Principal } from '@sluice/contract';
import type { ZodOpenApiOperationObject } from 'zod-openapi';

/**
 * Who may call a route: whoever has the permission. `open` is for the probes alone; `sign-in` is for who has no credential yet,
 * and is logged and counted.
 */
export type Access = 'open' | 'sign-in' | Permission;

/** One call of a route, whether it came over a socket or through `gateway.fetch`. */
export interface RouteCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHeaders;
  /** Absent inside a process. */
  readonly peer?: Peer;
  /** Absent on routes that are open or sign people in. */
  readonly principal?: Principal;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** The body as JSON. Rejects with `invalid_json`, `request_too_large` and the like. */
  json(): Promise<unknown>;
  /** Leaves a row in the audit log for who was not known before the call. */
  note(who: Principal): Promise<void>;
  /** Makes a change together with its row in the audit log, for routes whose `audit` is `change`. */
  change<T>(change: AuditedChange<T>): Promise<T>;
}

/** Whoever has called a route that is not open. */
export function principalOf({ principal }: Pick<RouteCall, 'principal'>): Principal {
  if (principal) return principal;
  throw gatewayError('internal_error', { message: 'A route that needs a caller was run without one.' });
}

export type RouteMethod = 'GET' | 'POST' | 'DELETE';

/**
 * One method of one path. The table of all routes is what Express, `gateway.fetch` and `/openapi.json` are built from,
 * so a route that is not in it does not exist, and one that is in it cannot forget its access rule.
 */
export interface Route {
  readonly method: RouteMethod;
  /** `/admin/v1/keys/{id}`: a name in braces is one segment. */
  readonly path: string;
  readonly access: Access;
  readonly openapi: ZodOpenApiOperationObject;
  /**
   * How an operator's call comes into the audit log. `change`: the handler makes its change through `call.change`. `none`: it
   * changes nothing. Absent: every call but GET is written down before the handler runs.
   */
  readonly audit?: 'change' | 'none';
  /** The most that a body may have. Absent: what everybody may send. */
  readonly bodyLimitBytes?: number;
  /** Failures are thrown as errors of the table. */
  handle(call: RouteCall): Promise<Answer>;
}

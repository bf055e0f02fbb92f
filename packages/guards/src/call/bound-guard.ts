import { gatewayError } from '@sluice/contract';
import type { GatewayError, Principal } from '@sluice/contract';
import { matchesWildcard } from '@sluice/toolkit';
import type { GuardCheck, Side } from '../kinds/guard.js';

/** A guard as it is configured. */
export interface BoundGuard {
  readonly name: string;
  readonly on: ReadonlySet<Side>;
  readonly mode: 'enforce' | 'observe';
  readonly appliesTo: Applicability;
  /** Differs where the settings do. */
  readonly fingerprint: string;
  readonly check: GuardCheck;
}
/** All that are given must hold, of each list one; absent lists let all through. */
export interface Applicability {
  readonly models?: readonly string[];
  readonly keys?: readonly string[];
  readonly tenants?: readonly string[];
}

/** What a guard did with one side of a call. */
export type Verdict = 'passed' | 'rewritten' | 'refused' | 'observed' | 'failed';

export function isForCaller({ keys, tenants }: Applicability, { keyId, keyName, tenant }: Principal): boolean {
  if (tenants && !tenants.includes(tenant)) return false;
  return !keys || keys.includes(keyId) || keys.includes(keyName);
}

export function isForModel({ models }: Applicability, asked: readonly string[]): boolean {
  return !models || models.some((pattern) => asked.some((name) => matchesWildcard(pattern, name)));
}

/** Names the guard, and nothing of what it found. */
export function refusal(name: string, side: Side): GatewayError {
  const what = side === 'input' ? 'request' : 'answer';
  return gatewayError('content_policy_violation', { message: `The guard "${name}" refused the ${what}.` });
}

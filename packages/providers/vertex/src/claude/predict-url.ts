import type { Target } from '@sluice/contract';
import { toMethodUrl } from '../account.js';
import type { Account } from '../account.js';

/** Where a call of Claude goes, whole or as a stream. */
export function toPredictUrl(account: Account, target: Target, stream: boolean): URL {
  return toMethodUrl(account, target, { version: 'v1', name: stream ? 'streamRawPredict' : 'rawPredict' });
}

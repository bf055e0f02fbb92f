import { isSigningSecret } from '@sluice/guards';
import { formatPath } from './problem.js';
import type { ConfigProblem } from './problem.js';
import type { Config } from './schema.js';
import type { SecretRef } from '@sluice/contract';
import { checkSecrets, readSecretNow } from './secrets.js';
import type { SecretPlace } from './secrets.js';

/** Providers that guards name and nobody configured; secrets of webhooks that cannot be read, or could be guessed. */
export function checkGuards(
  { guards, providers }: Pick<Config, 'guards' | 'providers'>,
  place: SecretPlace | undefined,
): readonly ConfigProblem[] {
  return Object.entries(guards).flatMap(([name, guard]) => {
    if (guard.kind === 'moderation' && !Object.hasOwn(providers, guard.provider)) {
      const path = formatPath(['guards', name, 'provider']);
      return [{ path, reason: `there is no provider ${JSON.stringify(guard.provider)}` }];
    }
    return guard.kind === 'webhook' && place ? checkSecret(guard.secret, ['guards', name, 'secret'], place) : [];
  });
}

function checkSecret(ref: SecretRef, path: readonly PropertyKey[], place: SecretPlace): readonly ConfigProblem[] {
  const missing = checkSecrets(ref, path, place);
  if (missing.length > 0 || isSigningSecret(readSecretNow(ref, place))) return missing;
  return [{ path: formatPath(path), reason: 'it has less than 24 bytes, and could be guessed' }];
}

import { toPublicKey, toSecret } from '@sluice/auth';
import type { IssuerSettings, OidcSettings } from '@sluice/auth';
import { formatPath } from './problem.js';
import type { ConfigProblem } from './problem.js';
import { checkSecrets, readSecretNow } from './secrets.js';
import type { SecretPlace } from './secrets.js';

/** Keys of issuers of tokens that cannot be read, or are of no use. */
export function checkTokens(issuers: readonly IssuerSettings[], place: SecretPlace): readonly ConfigProblem[] {
  return issuers.flatMap(({ publicKey, secret }, index) => [
    ...check(publicKey, { path: ['auth', 'jwt', index, 'publicKey'], place, read: toPublicKey }),
    ...check(secret, { path: ['auth', 'jwt', index, 'secret'], place, read: toSecret }),
  ]);
}

/** Secrets of providers of identities that cannot be read. */
export function checkSignIn(providers: readonly OidcSettings[], place: SecretPlace): readonly ConfigProblem[] {
  return providers.flatMap(({ clientSecret }, index) =>
    checkSecrets(clientSecret, ['auth', 'oidc', index, 'clientSecret'], place),
  );
}

interface Reading {
  readonly path: readonly PropertyKey[];
  readonly place: SecretPlace;
  /** Throws for what is of no use. */
  read(text: string): unknown;
}

function check(ref: IssuerSettings['secret'], { path, place, read }: Reading): readonly ConfigProblem[] {
  if (!ref) return [];
  const missing = checkSecrets(ref, path, place);
  if (missing.length > 0) return missing;
  try {
    read(readSecretNow(ref, place));
    return [];
  } catch (cause) {
    return [{ path: formatPath(path), reason: cause instanceof Error ? cause.message : String(cause) }];
  }
}

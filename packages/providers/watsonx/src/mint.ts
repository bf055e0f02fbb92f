import type { ProviderDeps, SecretRef } from '@sluice/contract';
import { endpoint, readAccessToken, unusableCredentials } from '@sluice/toolkit';
import type { MintAccessToken } from '@sluice/toolkit';

const HEADERS = { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity' } as const;
/** The fields in which IAM says why it gives no token: `BXNIM0415E`, "Provided API key could not be found." */
const WORDS = ['errorCode', 'errorMessage'] as const;

/**
 * Asks IAM for a token by an API key, which is read anew each time. Rejects with `upstream_auth_error` where there is none
 * to be had. https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-apikey; npm ibm-cloud-sdk-core 5.9.1,
 * auth/token-managers/iam-token-manager.js.
 */
export function createMint(
  apiKey: SecretRef,
  iamUrl: URL,
  { secret, send }: Pick<ProviderDeps, 'secret' | 'send'>,
): MintAccessToken {
  const url = endpoint(iamUrl, 'identity/token');
  return async (signal) => {
    const body = new URLSearchParams({
      grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
      response_type: 'cloud_iam',
      apikey: await readKey(secret, apiKey),
    }).toString();
    return readAccessToken(await send({ method: 'POST', url, headers: HEADERS, body }, signal), WORDS);
  };
}

async function readKey(secret: ProviderDeps['secret'], ref: SecretRef): Promise<string> {
  try {
    return await secret(ref);
  } catch (cause) {
    throw unusableCredentials(cause);
  }
}

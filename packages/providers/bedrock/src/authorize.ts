import { gatewayError } from '@sluice/contract';
import type { ProviderDeps, SecretRef, UpstreamRequest } from '@sluice/contract';
import { toRegion } from './region.js';
import type { BedrockSettings } from './settings.js';
import { sign } from './sign.js';
import type { AwsCredentials } from './sign.js';

type Deps = Pick<ProviderDeps, 'clock' | 'secret'>;

/**
 * Adds a bearer token where a Bedrock API key is set, else a signature. Secrets are read anew for every call.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
 */
export async function authorize(
  request: UpstreamRequest,
  settings: BedrockSettings,
  { clock, secret }: Deps,
): Promise<UpstreamRequest> {
  const { apiKey } = settings;
  if (apiKey) {
    const token = await read(secret, apiKey);
    return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
  }
  const credentials = await readCredentials(settings, secret);
  return sign(request, { credentials, region: toRegion(settings) ?? '', date: new Date(clock.now()) });
}

async function readCredentials(
  { accessKeyId, secretAccessKey, sessionToken }: BedrockSettings,
  secret: Deps['secret'],
): Promise<AwsCredentials> {
  if (!accessKeyId || !secretAccessKey) throw unreadable();
  const [id, key, token] = await Promise.all([
    read(secret, accessKeyId),
    read(secret, secretAccessKey),
    sessionToken ? read(secret, sessionToken) : undefined,
  ]);
  return { accessKeyId: id, secretAccessKey: key, ...(token === undefined ? {} : { sessionToken: token }) };
}

async function read(secret: Deps['secret'], ref: SecretRef): Promise<string> {
  try {
    return await secret(ref);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause?: unknown): Error {
  return gatewayError('upstream_auth_error', { message: 'The credentials for the provider cannot be read.', cause });
}

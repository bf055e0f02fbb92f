import { gatewayError } from '@sluice/contract';
import type { GatewayError, JsonObject, WholeResponse } from '@sluice/contract';
import { classifyStatus } from './classify-status.js';
import { decodeText, isJsonObject, tryParseJson } from './json.js';
import { safeMessage } from './safe-message.js';
import type { AccessToken } from './access-token-source.js';

/** Where RFC 6749, section 5.2, has the words of a refusal. */
const OAUTH_WORDS = ['error', 'error_description'] as const;

/**
 * The bearer token that a token endpoint of OAuth gave. `words` are the fields in which it says why it gave none. Throws
 * `upstream_auth_error` for a refusal, and what the status means where the endpoint itself is in trouble.
 */
export function readAccessToken({ head, body }: WholeResponse, words: readonly string[] = OAUTH_WORDS): AccessToken {
  const said = tryParseJson(decodeText(body));
  const fields = isJsonObject(said) ? said : {};
  if (head.status < 200 || head.status > 299) throw refused(head, words, fields);
  const { access_token: token, expires_in: seconds } = fields;
  if (typeof token === 'string' && token !== '' && typeof seconds === 'number') {
    return { headers: { authorization: `Bearer ${token}` }, lifetimeMs: seconds * 1000 };
  }
  throw gatewayError('upstream_invalid_response', { message: 'The provider gave no token.' });
}

/** The failure of credentials that lead nowhere. */
export function unusableCredentials(cause: unknown): GatewayError {
  return gatewayError('upstream_auth_error', { message: 'The credentials for the provider cannot be used.', cause });
}

/** A refusal is about the credentials, unless the server itself is in trouble. */
function refused(head: WholeResponse['head'], words: readonly string[], fields: JsonObject): GatewayError {
  if (head.status >= 500 || head.status === 429) return classifyStatus(head, {});
  const said = words.map((name) => fields[name]).filter((word) => typeof word === 'string');
  return unusableCredentials(new Error(safeMessage(said.join(': ')) ?? `The token endpoint answered ${head.status}.`));
}

import { tryParseJson, unusableCredentials } from '@sluice/toolkit';
import { z } from 'zod';

const TOKEN_URI = 'https://oauth2.googleapis.com/token';
const tokenUri = z.url({ protocol: /^https?$/ }).default(TOKEN_URI);

/** The key of a service account. https://docs.cloud.google.com/iam/docs/keys-create-delete */
const serviceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: tokenUri,
});

/** What `gcloud auth application-default login` writes. */
const authorizedUser = z.object({
  type: z.literal('authorized_user'),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  refresh_token: z.string().min(1),
  quota_project_id: z.string().optional(),
  token_uri: tokenUri,
});

const credentials = z.discriminatedUnion('type', [serviceAccount, authorizedUser]);

export type ServiceAccount = z.infer<typeof serviceAccount>;
export type Credentials = z.infer<typeof credentials>;

/** Reads a credentials file. Throws `upstream_auth_error`, whose cause says what is wrong and nothing of what stands there. */
export function parseCredentials(text: string): Credentials {
  const { success, data, error } = credentials.safeParse(tryParseJson(text));
  if (success) return data;
  const faults = error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw unusableCredentials(new Error(`Expected a service account or an authorized user. ${faults.join('; ')}`));
}

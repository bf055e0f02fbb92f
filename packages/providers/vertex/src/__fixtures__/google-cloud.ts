import { generateKeyPairSync } from 'node:crypto';
import type { WholeResponse } from '@sluice/contract';

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Of the key in {@link keyFile}. */
export const publicKey = pair.publicKey;

/** The key file of a service account, as the console of Google Cloud gives it out. */
export function keyFile(more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    type: 'service_account',
    project_id: 'suite',
    private_key_id: 'key-1',
    private_key: pair.privateKey,
    client_email: 'gateway@suite.iam.gserviceaccount.com',
    client_id: '1',
    token_uri: 'https://oauth2.googleapis.com/token',
    universe_domain: 'googleapis.com',
    ...more,
  });
}

/** An answer as JSON. */
export function answering(body: object, status = 200): WholeResponse {
  return { head: { status, headers: { 'content-type': 'application/json' } }, body: Buffer.from(JSON.stringify(body)) };
}

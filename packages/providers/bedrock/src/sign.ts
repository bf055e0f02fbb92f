import { createHash, createHmac } from 'node:crypto';
import type { Hash, Hmac } from 'node:crypto';
import type { UpstreamRequest } from '@sluice/contract';
import { SignatureV4 } from '@smithy/signature-v4';

/** A key pair, and the token that goes with a temporary one. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
export interface Signing {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly date: Date;
}

const SERVICE = 'bedrock';

/**
 * The request with an AWS signature, version 4. It covers method, path, query, host, type, date and body, and no header that
 * somebody on the way may change. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function sign(request: UpstreamRequest, { credentials, region, date }: Signing): Promise<UpstreamRequest> {
  const { method, url, headers, body } = request;
  const signer = new SignatureV4({ credentials, region, service: SERVICE, sha256: NodeSha256 });
  const type = headers['content-type'];
  const covered = {
    host: url.host,
    ...(type === undefined ? {} : { 'content-type': type }),
    'x-amz-content-sha256': hashBody(body),
  };
  const { protocol, hostname, pathname: path } = url;
  const asked = { method, protocol, hostname, path, query: toQuery(url), headers: covered };
  const signed = await signer.sign(asked, { signingDate: date });
  const { host: _, ...added } = signed.headers;
  return { ...request, headers: { ...headers, ...added } };
}

/** A name that stands there twice has a list. */
function toQuery({ searchParams }: URL): Record<string, string[]> {
  return Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
}

function hashBody(body: UpstreamRequest['body'] = ''): string {
  const hash = createHash('sha256');
  if (typeof body === 'string' || body instanceof Uint8Array) hash.update(body);
  else for (const piece of body) hash.update(piece);
  return hash.digest('hex');
}

/** Node's own SHA-256 in the form that the signer takes: a digest, or with a secret a keyed one. */
class NodeSha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = toBytes(secret);
    this.#hash = this.#open();
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#open();
  }

  #open(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

function toBytes(secret: string | ArrayBuffer | ArrayBufferView | undefined): string | Uint8Array | undefined {
  if (secret === undefined || typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
}

import { createHash, createHmac } from 'node:crypto';

/** A signed request as a server sees it, for example a `ReceivedRequest`. */
export interface SignedRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/**
 * Why a server of AWS would refuse the request, or nothing: the algorithm of the documentation, written a second time and
 * without the library that signs. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function faultOfAwsSignature(request: SignedRequest, secret: string, service = 'bedrock'): string | undefined {
  const { method, path, headers, body } = request;
  const parts = AUTHORIZATION.exec(headers['authorization'] ?? '');
  if (!parts) return 'no signature';
  const [, , day = '', region = '', signedFor, names = '', signature] = parts;
  if (signedFor !== service) return `signed for ${signedFor ?? ''}`;
  const date = headers['x-amz-date'] ?? '';
  if (!date.startsWith(day)) return 'another day';
  const payload = sha256(body);
  const announced = headers['x-amz-content-sha256'] ?? payload;
  if (announced !== payload) return 'another body';
  const covered = names.split(';');
  const missing = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))].filter(
    (name) => !covered.includes(name),
  );
  if (missing.length > 0) return `not signed: ${missing.join(', ')}`;
  const lines = covered.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  const [place = '', query = ''] = path.split('?', 2);
  const canonical = [method, encodePath(place), sortQuery(query), lines, names, payload].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (from, text) => hmac(from, text),
    `AWS4${secret}`,
  );
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'another signature';
}

/** Each segment is encoded once more, the percent signs of the first time too. */
function encodePath(path: string): string {
  const again = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return path.split('/').map(again).join('/');
}

/** As the request line has it, which is encoded as the algorithm wants it, in the order of the bytes. */
function sortQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return pairs
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .toSorted()
    .join('&');
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { TEST_CREDENTIALS } from '../../credentials.js';
import type { Asked } from '../wire.js';

/** Why a signature will not do: the name of the exception, and its words. */
export interface SignatureFault {
  readonly code: string;
  readonly message: string;
}

const MAX_SKEW_MS = 300_000;

/**
 * Checks a request's signature as the service does, against the test credentials. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function checkSignature(asked: Asked, nowMs: number): SignatureFault | undefined {
  const claim = readClaim(asked.headers.authorization ?? '');
  if (!claim)
    return { code: 'IncompleteSignatureException', message: 'Authorization header is not a signature of version 4.' };
  if (
    claim.accessKeyId !== TEST_CREDENTIALS.bedrock.accessKeyId ||
    asked.headers['x-amz-security-token'] !== undefined
  ) {
    return { code: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' };
  }
  if (claim.service !== 'bedrock') {
    return { code: 'InvalidSignatureException', message: "Credential should be scoped to correct service: 'bedrock'." };
  }
  const date = String(asked.headers['x-amz-date'] ?? '');
  if (Math.abs(readDate(date) - nowMs) > MAX_SKEW_MS || !date.startsWith(claim.date)) {
    return { code: 'InvalidSignatureException', message: `Signature expired: ${date} is not within 5 minutes of now.` };
  }
  const { signedHeaders } = claim;
  // HTTP/2 has the host under another name.
  const signsHost = signedHeaders.includes('host') || signedHeaders.includes(':authority');
  if (!signsHost || !signedHeaders.includes('x-amz-date')) {
    return { code: 'InvalidSignatureException', message: "'host' and 'x-amz-date' must be signed headers." };
  }
  const own = signatureOf(asked, claim, date);
  const isSame =
    own.length === claim.signature.length && timingSafeEqual(Buffer.from(own), Buffer.from(claim.signature));
  return isSame ? undefined : { code: 'InvalidSignatureException', message: MISMATCH };
}

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function readClaim(authorization: string): Claim | undefined {
  const [, credential = '', headers = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(authorization) ?? [];
  const [accessKeyId, date, region, service, terminator] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, date, region, service, signedHeaders: headers.split(';'), signature };
}

/** `20261126T022246Z` */
function readDate(date: string): number {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso);
}

function signatureOf(asked: Asked, { date, region, service, signedHeaders }: Claim, at: string): string {
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical(asked, signedHeaders))].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${TEST_CREDENTIALS.bedrock.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

function canonical({ method, url, headers, raw }: Asked, signedHeaders: readonly string[]): string {
  const [path = '', query = ''] = url.split('?', 2);
  const lines = signedHeaders.map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  );
  return [
    method,
    // Every service but S3 has its path encoded once more.
    path.split('/').map(encode).join('/'),
    [...new URLSearchParams(query)]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    lines.join(''),
    signedHeaders.join(';'),
    sha256(raw),
  ].join('\n');
}

/** All but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

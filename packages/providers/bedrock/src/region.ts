/**
 * Partitions whose addresses do not end in `amazonaws.com`, by how their regions begin; the longer beginning first.
 * npm @aws-sdk/core 3, dist-es/submodules/client/util-endpoints/lib/aws/partitions.js.
 */
const DNS_SUFFIXES: readonly (readonly [region: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['us-iso-', 'c2s.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
];

/** `bedrock-runtime.us-east-1.amazonaws.com` and the other forms of an address that say where they lead. */
const REGION_IN_HOST = /^bedrock-runtime(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2})\./;

/** The address of the region's own endpoint. */
export function toBaseUrl(region: string): URL {
  const suffix = DNS_SUFFIXES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
  return new URL(`https://bedrock-runtime.${region}.${suffix}`);
}

/** The region that calls are signed for: as it is set, or as the address says it. */
export function toRegion({
  region,
  baseUrl,
}: {
  readonly region?: unknown;
  readonly baseUrl?: unknown;
}): string | undefined {
  if (typeof region === 'string') return region;
  if (typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return undefined;
  return REGION_IN_HOST.exec(new URL(baseUrl).hostname)?.[1];
}

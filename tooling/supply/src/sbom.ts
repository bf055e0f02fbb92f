import { createHash } from 'node:crypto';
import type { Installed, RuntimeTree } from './lockfile.js';

export interface Subject {
  readonly name: string;
  readonly version: string;
  /** Our own packages that it consists of. */
  readonly own: readonly { readonly name: string; readonly version: string }[];
}

/**
 * The bill of materials of a release: what is ours, and what comes with it from the registry, each with the hash that the
 * lockfile holds it to. The same tree makes the same bytes. CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/
 */
export function toSbom({ packages, direct }: RuntimeTree, { name, version, own }: Subject): object {
  const root = purl(name, version);
  const others = [...packages.values()];
  const components = [...own.map((part) => component(part)), ...others.map((one) => component(one))];
  const directs = others.filter((one) => direct.has(one.name)).map((one) => purl(one.name, one.version));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([root, components]))}`,
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': root, name, version, purl: root } },
    components,
    dependencies: [
      { ref: root, dependsOn: [...own.map((part) => purl(part.name, part.version)), ...directs].toSorted() },
      ...others.map((one) => ({ ref: purl(one.name, one.version), dependsOn: one.brings.map(purlOf) })),
    ],
  };
}

function component({ name, version, integrity }: Pick<Installed, 'name' | 'version'> & Partial<Installed>): object {
  const ref = purl(name, version);
  const hash = integrity === undefined ? undefined : toHash(integrity);
  return { type: 'library', 'bom-ref': ref, name, version, purl: ref, ...(hash && { hashes: [hash] }) };
}

/** `sha512-BASE64` as CycloneDX writes it. */
function toHash(integrity: string): object {
  const [algorithm = '', base64 = ''] = integrity.split(/-(.*)/s);
  return {
    alg: algorithm.toUpperCase().replace('SHA', 'SHA-'),
    content: Buffer.from(base64, 'base64').toString('hex'),
  };
}

/** https://github.com/package-url/purl-spec */
function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function purlOf(id: string): string {
  const at = id.lastIndexOf('@');
  return purl(id.slice(0, at), id.slice(at + 1));
}

/** A UUID of version 8, made of what it names. https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex[16] as string, 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

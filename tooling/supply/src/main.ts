import { PUBLISHED, RELEASE_TREE } from './release-tree.js';
import { toSbom } from './sbom.js';

// `pnpm --silent release:sbom > sbom.cdx.json`: what a release consists of.
const own = PUBLISHED.map(({ manifest: { name, version } }) => ({ name, version }));
const gateway = own.find(({ name }) => name === 'sluice');
if (!gateway) throw new Error('The workspace has no package "sluice".');
const rest = own.filter((one) => one !== gateway);
process.stdout.write(`${JSON.stringify(toSbom(RELEASE_TREE, { ...gateway, own: rest }), undefined, 2)}\n`);

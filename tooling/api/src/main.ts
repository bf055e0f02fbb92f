import { join } from 'node:path';
import { readWorkspace, reportAndExit, ROOT } from '@sluice/tooling-workspace';
import { reportPackage } from './report-package.js';

/** The packages that outsiders import: a change to what they export is to be seen in review. */
const REPORTED = [
  'packages/contract',
  'packages/toolkit',
  'packages/core',
  'packages/testkit',
  'packages/providers/openai-compatible',
];

const write = process.argv.includes('--write');
const reported = readWorkspace(ROOT).filter(({ folder }) => REPORTED.includes(folder));
reportAndExit(
  reported.flatMap(({ folder, manifest }) =>
    reportPackage({ folder: join(ROOT, folder), name: manifest.name.replace('@sluice/', ''), write }),
  ),
);

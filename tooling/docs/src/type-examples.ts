import { join } from 'node:path';
import { ROOT, reportAndExit } from '@sluice/tooling-workspace';
import { checkExamples, examplesOf } from './check-examples.js';
import { readPages } from './pages.js';

/** Its files are made in the course of the page; a test walks through them. */
const WALKED = 'docs/adding-a-provider.md';

const examples = [...readPages()].filter(([path]) => path !== WALKED).flatMap(([path, text]) => examplesOf(path, text));
// From there every package can be imported, and the vendors' SDKs.
reportAndExit(checkExamples(examples, join(ROOT, 'apps/gateway'), join(ROOT, 'tsconfig.json')));

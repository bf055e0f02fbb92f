import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { snapshotSchema } from '@sluice/catalogue';
import { reportAndExit, ROOT } from '@sluice/tooling-workspace';
import { buildCatalogue } from './build.js';
import { readSources } from './download.js';
import { PRICES_OF } from './source-list.js';
import { writeSnapshot } from './write-snapshot.js';

const { data, questions } = buildCatalogue(await readSources(), PRICES_OF);
if (questions.length === 0) {
  snapshotSchema.parse(JSON.parse(writeSnapshot(data)));
  writeFileSync(join(ROOT, 'packages/catalogue/snapshot.json'), writeSnapshot(data));
}
reportAndExit(questions);

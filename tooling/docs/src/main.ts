import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { errorsPage } from './errors.js';

writeFileSync(join(ROOT, 'docs/errors.md'), errorsPage());

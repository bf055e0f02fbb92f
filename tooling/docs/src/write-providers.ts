import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from '@sluice/tooling-workspace';

const printed = ['--conditions=@sluice/source', 'apps/gateway/src/providers-page/print-providers-page.ts'];
writeFileSync(join(ROOT, 'docs/providers.md'), await run('tsx', printed));

import { join } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { expect, it } from 'vitest';
import { checkExamples, examplesOf } from './check-examples.js';

const PAGE = `# A page

\`\`\`ts
import { ROOT } from '@sluice/tooling-workspace';
import { acme } from './acme.js';

const root: number = ROOT;
given(root, acme);
\`\`\`

\`\`\`ts
import { nothing } from '@sluice/tooling-workspace';

export const text: string = given;
\`\`\`

\`\`\`sh
sluice start
\`\`\`
`;

it('says of each example what is wrong with it and where, names apart that it does not declare', () => {
  const config = join(ROOT, 'tooling/tsconfig/base.json');
  expect(checkExamples(examplesOf('page.md', PAGE), join(ROOT, 'tooling/docs'), config)).toEqual([
    "page.md:7: Type 'string' is not assignable to type 'number'.",
    `page.md:12: Module '"@sluice/tooling-workspace"' has no exported member 'nothing'.`,
  ]);
});

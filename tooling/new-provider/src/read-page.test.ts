import { expect, it } from 'vitest';
import { readPage } from './read-page.js';

it('reads the blocks that name a file, and no others', () => {
  const page = [
    '# A',
    '```ts src/a.ts',
    'a();',
    '',
    'b();',
    '```',
    '```sh',
    'run',
    '```',
    '```text b.sse',
    'x',
    '',
    '```',
  ];
  expect(readPage(page.join('\n'))).toEqual([
    { path: 'src/a.ts', text: 'a();\n\nb();\n' },
    { path: 'b.sse', text: 'x\n\n' },
  ]);
});

import { expect, it } from 'vitest';
import { importsOf } from './imports-of.js';

it('finds every way to name a module', () => {
  const text = `
    import type { A } from 'a';
    import 'b';
    export { c } from './c.js';
    const d = await import('d');
    type E = import('e').E;
  `;
  expect(importsOf(text)).toEqual(['a', 'b', './c.js', 'd', 'e']);
});

it('takes no text and no comment for an import', () => {
  expect(importsOf("// import 'a';\nconst text = `import 'b';`;")).toEqual([]);
});

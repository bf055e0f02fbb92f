import comments from '@eslint-community/eslint-plugin-eslint-comments';
import vitest from '@vitest/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const TESTS = ['**/*.test.ts', '**/testing/**/*.ts', '**/__fixtures__/**/*.ts'];

/** The house rules that CONTRIBUTING.md explains. Boundaries between packages are `tooling/boundaries`' business. */
const houseRules = {
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 3],
  'max-depth': ['error', 3],
  'no-console': 'error',
  'no-eval': 'error',
  'no-new-func': 'error',
  eqeqeq: 'error',
  'no-restricted-imports': ['error', { paths: ['vm', 'node:vm'] }],
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportAllDeclaration', message: 'Export by name: a front door lists what it lets out.' },
    {
      selector: 'ClassDeclaration[superClass][superClass.name!=/Error$/]',
      message: 'Never inherit, except from Error.',
    },
  ],
};

const typedRules = {
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/consistent-type-exports': 'error',
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/only-throw-error': 'error',
  // A method of an asynchronous port is async so that it rejects rather than throws, with or without an await.
  '@typescript-eslint/require-await': 'off',
  // Ports are made by factories, which know no `this`; taking them apart is how they are passed on.
  '@typescript-eslint/unbound-method': 'off',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
};

/** What Node 24 has and Node 22, which users may have, has not. */
const tooNew = {
  selector: 'NewExpression[callee.name=/DisposableStack$/]',
  message: 'Node 22 has none.',
};

/** Time, chance and environment are arguments everywhere but where the program begins. */
const ambientGlobals = ['setTimeout', 'setInterval', 'fetch'].map((name) => ({
  name,
  message: name === 'fetch' ? 'Calls out of the process go through the transport.' : 'Time comes as a Clock.',
}));
const ambientProperties = [
  { object: 'Date', property: 'now', message: 'Time comes as a Clock.' },
  { object: 'performance', property: 'now', message: 'Time comes as a Clock.' },
  { object: 'Math', property: 'random', message: 'Chance comes as random().' },
  { object: 'process', property: 'env', message: 'Settings are arguments.' },
];

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', '**/.cache/', '**/.turbo/', '**/.sluice/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX, comments },
    settings: {
      'import-x/resolver-next': createNodeResolver({
        conditionNames: ['@sluice/source', 'node', 'import', 'default'],
        extensionAlias: { '.js': ['.ts', '.js'] },
      }),
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      ...houseRules,
      ...typedRules,
      'import-x/no-default-export': 'error',
      'import-x/no-duplicates': 'error',
      'import-x/no-cycle': 'error',
      'comments/require-description': 'error',
      'comments/no-unlimited-disable': 'error',
    },
  },
  {
    files: ['packages/**/*.ts', 'apps/**/*.ts'],
    ignores: TESTS,
    rules: { 'no-restricted-syntax': [...houseRules['no-restricted-syntax'], tooNew] },
  },
  {
    files: ['packages/**/*.ts'],
    ignores: [...TESTS, 'packages/testkit/**', 'packages/simulator/**'],
    rules: {
      'no-restricted-globals': ['error', ...ambientGlobals],
      'no-restricted-properties': ['error', ...ambientProperties],
    },
  },
  {
    // A server of its own: it keeps real time, but its chance comes from a seed and its settings from its caller.
    files: ['packages/simulator/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', ...ambientGlobals.filter(({ name }) => name === 'fetch')],
      'no-restricted-properties': [
        'error',
        ...ambientProperties.filter(({ object }) => object === 'Math' || object === 'process'),
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // expect.any() and its like are typed any, to stand anywhere in an expected value.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.test.ts'],
    extends: [vitest.configs.recommended],
    rules: {
      'vitest/no-focused-tests': 'error',
      'vitest/no-disabled-tests': 'error',
      'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', '*Suite'] }],
    },
  },
  { files: ['**/*.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
  // k6 takes a scenario's default export as what a virtual user does.
  { files: ['loadtests/scenarios/*.ts'], rules: { 'import-x/no-default-export': 'off' } },
);

export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** The step whose work it needs. */
  readonly after?: string;
}

const tool = (name: string): [string, ...string[]] => [
  'tsx',
  '--conditions=@sluice/source',
  `tooling/${name}/src/main.ts`,
];

/** In the order in which they begin: what answers fastest and fails most often comes first. */
export const steps: readonly Step[] = [
  { name: 'format', command: ['prettier', '--check', '--log-level=warn', '.'] },
  { name: 'boundaries', command: tool('boundaries') },
  { name: 'shape', command: tool('shape') },
  { name: 'manifests', command: ['sherif', '--fail-on-warnings'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'examples', command: ['tsx', '--conditions=@sluice/source', 'tooling/docs/src/type-examples.ts'] },
  { name: 'lint', command: ['eslint', '.', '--max-warnings=0'] },
  { name: 'unused', command: ['knip'] },
  { name: 'duplication', command: ['jscpd', '--config', '.jscpd.json', '.'] },
  { name: 'build', command: ['node', 'tooling/turbo/quiet.js', 'build:js', 'build:types'] },
  { name: 'packed', command: tool('packed'), after: 'build' },
  { name: 'api', command: tool('api'), after: 'build' },
];

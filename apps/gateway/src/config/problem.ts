/** One thing that is wrong with the configuration. Neither field ever holds a value from the file. */
export interface ConfigProblem {
  /** Where: `models.fast.targets[0].provider`, a variable, a flag or the file itself. */
  readonly path: string;
  readonly reason: string;
}

/** The line that `start` and `check` print for a problem. */
export function problemLine({ path, reason }: ConfigProblem): string {
  return `config error at ${path}: ${reason}`;
}

const PLAIN_KEY = /^[A-Za-z0-9_-]+$/;

/** Keys and indices as one reads them: `models.fast.targets[0]`, `providers["my box"]`; `top level` for no key at all. */
export function formatPath(keys: readonly PropertyKey[]): string {
  if (keys.length === 0) return 'top level';
  return keys.map(formatKey).join('').replace(/^\./, '');
}

function formatKey(key: PropertyKey): string {
  if (typeof key === 'number') return `[${key}]`;
  const name = String(key);
  return PLAIN_KEY.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

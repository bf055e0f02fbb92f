import { PRESETS } from '@sluice/provider-openai-compatible';
import { describe, expect, it } from 'vitest';
import { readPage } from '../__fixtures__/pages.js';
import { commandActor } from '../audit/command-actor.js';
import { awsSettings, namesBedrock } from './aws-variables.js';
import { PROVIDER_DEFINITIONS } from './definitions.js';
import { readEnvironment } from './environment.js';
import type { Environment } from './environment.js';
import { providersFromEnvironment } from './zero-config.js';

/** The variables that the table names. */
const named = new Set(
  (
    readPage('docs/configuration.md')
      .split('\n## ')
      .find((section) => section.startsWith('Variables\n')) ?? ''
  )
    .split('\n')
    .flatMap((line) => [...(/^\| (`.*?) \|/.exec(line)?.[1] ?? '').matchAll(/`([A-Z_]+)`/g)])
    .map(([, name]) => name ?? ''),
);

/** Every name that this asks of its environment, in which each variable is what `valueOf` says. */
function askedBy(read: (env: Environment) => void, valueOf: (name: string) => string | undefined): readonly string[] {
  const asked: string[] = [];
  const env = new Proxy<Environment>(
    {},
    {
      get(_, name) {
        asked.push(String(name));
        return valueOf(String(name));
      },
    },
  );
  read(env);
  return asked;
}

function readAll(env: Environment): void {
  readEnvironment(env, {});
  providersFromEnvironment(env, PROVIDER_DEFINITIONS);
  namesBedrock(env);
  awsSettings(env);
  commandActor('cli', { env });
}

/** Some are read only where another is set, and others only where one is not. */
function namesRead(): ReadonlySet<string> {
  const unset = askedBy(readAll, () => undefined);
  const set = askedBy(readAll, (name) => (name === 'AWS_BEARER_TOKEN_BEDROCK' ? undefined : 'https://example.com'));
  // Of the start screen alone.
  return new Set([...unset, ...set, 'NO_COLOR']);
}

/** Of the presets, which have a table of their own. */
const ofPresets = new Set(
  Object.values(PRESETS).flatMap(({ keyVariable = '' }) => [
    keyVariable,
    keyVariable.replace(/_(API_KEY|TOKEN)$/, '_BASE_URL'),
  ]),
);

describe('the variables of docs/configuration.md', () => {
  it('are those that are read', () => {
    const read = namesRead();
    expect([...named].filter((name) => !read.has(name))).toEqual([]);
    expect([...read].filter((name) => !named.has(name) && !ofPresets.has(name))).toEqual([]);
  });
});

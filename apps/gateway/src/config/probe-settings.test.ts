import { describe, expect, it } from 'vitest';
import { checkConfig } from './check-config.js';
import { PROVIDER_DEFINITIONS } from './definitions.js';

function problemsOf(probe: object): readonly string[] {
  const raw = { providers: { up: { kind: 'openai', probe } } };
  const checked = checkConfig(raw, { definitions: PROVIDER_DEFINITIONS });
  return checked.ok ? [] : checked.problems.map(({ path }) => path);
}

describe('how a provider is probed', () => {
  it.for([{ everyMs: 1_000 }, { everyMs: 30_000, timeoutMs: 500, path: '/health?deep=1' }])(
    'may be said as %j',
    (probe) => {
      expect(problemsOf(probe)).toEqual([]);
    },
  );

  it.for([
    [{}, 'providers.up.probe.everyMs'],
    [{ everyMs: 999 }, 'providers.up.probe.everyMs'],
    [{ everyMs: 1_000, timeoutMs: 0 }, 'providers.up.probe.timeoutMs'],
    // Another host than the provider's.
    [{ everyMs: 1_000, path: '//evil.test/' }, 'providers.up.probe.path'],
    [{ everyMs: 1_000, path: 'health' }, 'providers.up.probe.path'],
    [{ everyMs: 1_000, path: '/a b' }, 'providers.up.probe.path'],
    [{ everyMs: 1_000, model: 'm' }, 'providers.up.probe.model'],
  ] as const)('is refused as %j', ([probe, path]) => {
    expect(problemsOf(probe)).toEqual([path]);
  });
});

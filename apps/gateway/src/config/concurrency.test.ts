import { describe, expect, it } from 'vitest';
import { checkConfig } from './check-config.js';
import { PROVIDER_DEFINITIONS } from './definitions.js';

function problemsOf(settings: object): readonly string[] {
  const raw = { providers: { up: { kind: 'openai', ...settings } } };
  const checked = checkConfig(raw, { definitions: PROVIDER_DEFINITIONS });
  return checked.ok ? [] : checked.problems.map(({ path, reason }) => `${path}: ${reason}`);
}

describe('how many calls a provider takes', () => {
  it.for([
    { maxConcurrent: 0 },
    { maxConcurrent: 8, minConcurrent: 2, queue: { maxWaiting: 4, maxWaitMs: 100 } },
    { maxConcurrent: 8, apiKeys: [{ env: 'A' }, { env: 'B' }] },
  ])('may be said as %j', (settings) => {
    expect(problemsOf(settings)).toEqual([]);
  });

  it.for([
    [{ minConcurrent: 2 }, 'providers.up.minConcurrent: stands without maxConcurrent'],
    [{ queue: {} }, 'providers.up.queue: stands without maxConcurrent'],
    [{ maxConcurrent: 1, minConcurrent: 2 }, 'providers.up.minConcurrent: is greater than maxConcurrent'],
  ] as const)('is refused as %j', ([settings, problem]) => {
    expect(problemsOf(settings)).toEqual([problem]);
  });
});

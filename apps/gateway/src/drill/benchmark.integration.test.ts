import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse-config.js';
import { drill } from './drill.js';
import { findScenarios } from './scenarios.js';

const TARGETS = { targets: [{ provider: 'primary', model: 'model-a' }] };
const SPARE = { provider: 'spare', model: 'model-b' };
/** What an operator sets whose callers shall not notice a cut stream, and who would rather wait a little than go elsewhere. */
const SET = {
  holdBack: { tokens: 100 },
  timeouts: { firstTokenMs: 8_000, idleMs: 15_000 },
  retries: { retryAfterMaxMs: 5_000 },
};

const CONFIG = {
  providers: {
    primary: { kind: 'openai-compatible', baseUrl: 'http://primary.example/v1' },
    spare: { kind: 'openai-compatible', baseUrl: 'http://spare.example/v1' },
  },
  models: {
    defaults: { ...TARGETS, fallbacks: [SPARE] },
    alone: TARGETS,
    set: { ...TARGETS, fallbacks: [SPARE], ...SET },
  },
};

async function scoresOf(alias: keyof (typeof CONFIG)['models']) {
  const config = parseConfig(CONFIG, { env: { NODE_ENV: 'production' }, cwd: '/' });
  const scenarios = findScenarios('benchmark') ?? [];
  const request = { config, scenarios, aliases: [alias], startMs: Date.now(), signal: new AbortController().signal };
  const report = await drill(request);
  const results = report.scenarios.flatMap((one) => one.results);
  return new Map(results.map((result) => [result.benchmark?.id, result]));
}

describe('the sixteen scenarios of the public benchmark', () => {
  it('pass where hold-back, retries and fallbacks are set for them', async () => {
    const scores = await scoresOf('set');
    const notPassed = [...scores.values()].filter(({ benchmark }) => benchmark?.verdict !== 'pass');
    expect(scores.size).toBe(16);
    expect(notPassed).toEqual([]);
    expect(scores.get('S01')).toMatchObject({ benchmark: { notes: [] }, addedMs: 2_000 });
  });

  it('fail nowhere by the defaults: what is not rescued ends in a clean error in bounded time', async () => {
    const scores = await scoresOf('defaults');
    const verdicts = [...scores].map(([id, { benchmark }]) => `${id} ${benchmark?.verdict}`);
    expect(verdicts).toEqual([
      'S01 partial',
      'S02 pass',
      'S03 pass',
      'S04 pass',
      'S05 pass',
      'S06 pass',
      'S07 partial',
      'S08 safe',
      'S09 safe',
      'S10 safe',
      'S11 pass',
      'S12 pass',
      'S13 pass',
      'S14 safe',
      'S15 pass',
      'S16 pass',
    ]);
    for (const id of ['S08', 'S09', 'S10', 'S14'] as const) {
      expect(scores.get(id)).toMatchObject({ verdict: 'clean-errors', errors: [{ inStream: true, count: 1 }] });
      expect(scores.get(id)?.failedAfterMs).toBeLessThan(31_000);
    }
  });

  it('fail nowhere for an alias that has nobody else to ask', async () => {
    const scores = await scoresOf('alone');
    const verdicts = [...scores.values()].map(({ benchmark }) => benchmark?.verdict);
    expect([verdicts.length, new Set(verdicts)]).toEqual([16, new Set(['pass', 'safe'])]);
  });
});

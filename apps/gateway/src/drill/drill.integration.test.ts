import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse-config.js';
import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
import { drill } from './drill.js';
import type { DrillRequest } from './drill.js';
import type { AliasResult } from './judge.js';
import { findScenarios } from './scenarios.js';

const key = { env: 'KEY' };
const place = { env: { KEY: 'sk-real', NODE_ENV: 'production' }, cwd: '/' };
const PROVIDERS = { a: { kind: 'openai', apiKey: key }, b: { kind: 'anthropic', apiKey: key } };
const TARGET_A = { provider: 'a', model: 'gpt-5-mini' };
const TARGET_B = { provider: 'b', model: 'claude-haiku-4-5' };

function run(raw: object, name: string, more: Partial<DrillRequest> = {}) {
  const scenarios = findScenarios(name) ?? [];
  const config = parseConfig(raw, place);
  return drill({ config, scenarios, startMs: Date.now(), signal: new AbortController().signal, ...more });
}

async function resultsOf(alias: object, name: string): Promise<Readonly<Record<string, AliasResult | undefined>>> {
  const { scenarios } = await run({ providers: PROVIDERS, models: { fast: alias } }, name);
  return Object.fromEntries((scenarios[0]?.results ?? []).map((result) => [result.kind, result]));
}

const EXTRA: Readonly<Record<string, object>> = {
  'azure-openai': { baseUrl: 'https://x.openai.azure.com' },
  'openai-compatible': { baseUrl: 'https://example.com/v1' },
  bedrock: { region: 'us-east-1' },
  vertex: { project: 'p', location: 'us-central1', apiKey: undefined },
  watsonx: { projectId: 'p' },
  ollama: { apiKey: undefined },
  sim: { apiKey: undefined },
};

describe('the stand-ins of a drill', () => {
  it('are asked in the place of a provider of any kind, for any model', async () => {
    const kinds = PROVIDER_DEFINITIONS.map(({ kind }) => kind);
    const providers = Object.fromEntries(kinds.map((kind) => [kind, { kind, apiKey: key, ...EXTRA[kind] }]));
    const models = Object.fromEntries(
      kinds.map((kind) => [`by-${kind}`, { targets: [{ provider: kind, model: 'some-model-of-theirs' }] }]),
    );
    const cleaned = JSON.parse(JSON.stringify({ providers, models })) as object;
    const { skipped, standIns, scenarios } = await run(cleaned, 'no-usage');
    expect(skipped).toEqual([]);
    expect(new Set(scenarios[0]?.results.map(({ verdict }) => verdict))).toEqual(new Set(['unaffected']));
    expect(scenarios[0]?.results).toHaveLength(kinds.length * 2);
    const others = standIns.filter(({ kind, speaks }) => kind !== speaks).map(({ kind }) => kind);
    expect(others.toSorted()).toEqual(['ollama', 'vertex', 'watsonx']);
  });

  it('take turns with as many keys as the provider has', async () => {
    const providers = { a: { kind: 'openai', apiKeys: [key, { env: 'KEY' }] } };
    const { scenarios } = await run({ providers, models: { fast: { targets: [TARGET_A] } } }, 'key-refused');
    expect(scenarios[0]?.results[0]).toMatchObject({ verdict: 'clean-errors', mostAttempts: 2 });
  });
});

describe('a drill', () => {
  const FIRST_TOKEN = { timeouts: { firstTokenMs: 8_000 } };

  it('says what a hung provider costs whom there is somebody else for', async () => {
    const alias = { targets: [TARGET_A], fallbacks: [TARGET_B], ...FIRST_TOKEN };
    expect(await resultsOf(alias, 'hung-before-headers')).toMatchObject({
      stream: {
        verdict: 'rescued',
        whole: 3,
        answeredBy: [{ target: 'b/claude-haiku-4-5', count: 3 }],
        addedMs: 8_000,
        mostAttempts: 2,
      },
      plain: { verdict: 'rescued', addedMs: 8_000 },
    });
  });

  it('says what it costs whom there is nobody for, by the times that hold where none is set', async () => {
    expect(await resultsOf({ targets: [TARGET_A] }, 'hung-before-headers')).toMatchObject({
      stream: { verdict: 'clean-errors', failedAfterMs: 60_000, errors: [{ code: 'upstream_timeout', status: 504 }] },
      plain: { verdict: 'clean-errors', failedAfterMs: 600_000 },
    });
  });

  it('tells a rescue by hold-back from an error event', async () => {
    const alias = { targets: [TARGET_A], fallbacks: [TARGET_B] };
    expect(await resultsOf(alias, 'reset-mid-answer')).toMatchObject({
      stream: {
        verdict: 'clean-errors',
        errors: [{ code: 'upstream_truncated', status: 200, inStream: true, count: 3 }],
      },
      plain: { verdict: 'rescued' },
    });
    expect(await resultsOf({ ...alias, holdBack: { tokens: 100 } }, 'reset-mid-answer')).toMatchObject({
      stream: { verdict: 'rescued' },
    });
  });

  it('gives a token to a caller no sooner than a model would: hold-back by time is a matter of it', async () => {
    const alias = { targets: [TARGET_A], fallbacks: [TARGET_B], holdBack: { ms: 500 } };
    // Thirty tokens take 600 ms.
    expect(await resultsOf(alias, 'reset-mid-answer')).toMatchObject({ stream: { verdict: 'clean-errors' } });
    const patient = { ...alias, holdBack: { ms: 700 } };
    expect(await resultsOf(patient, 'reset-mid-answer')).toMatchObject({ stream: { verdict: 'rescued' } });
  });

  it('says that a provider which is asked last was not asked', async () => {
    const raw = { providers: PROVIDERS, models: { fast: { targets: [TARGET_A], fallbacks: [TARGET_B] } } };
    const { scenarios } = await run(raw, 'refuses-connections', { at: 'b' });
    expect(scenarios[0]?.results.map(({ verdict }) => verdict)).toEqual(['not-met', 'not-met']);
  });

  it('notices that callers who leave were let go', async () => {
    expect(await resultsOf({ targets: [TARGET_A] }, 'callers-leave')).toMatchObject({ stream: { verdict: 'let-go' } });
  });

  it('drills the aliases that were named, and tells those that no chat reaches', async () => {
    const models = {
      fast: { targets: [TARGET_A] },
      other: { targets: [TARGET_B] },
      words: { targets: [{ provider: 'a', model: 'text-embedding-3-small' }] },
    };
    const { scenarios, skipped } = await run({ providers: PROVIDERS, models }, 'no-usage', {
      aliases: ['fast', 'words'],
    });
    expect(new Set(scenarios[0]?.results.map(({ alias }) => alias))).toEqual(new Set(['fast']));
    expect(skipped.map(({ alias }) => alias)).toEqual(['words']);
  });

  it('is over with each scenario also where no alias can go through it', async () => {
    const models = { words: { targets: [{ provider: 'a', model: 'text-embedding-3-small' }] } };
    let over = 0;
    const { scenarios } = await run({ providers: PROVIDERS, models }, 'no-usage', { onScenario: () => (over += 1) });
    expect([over, scenarios.map(({ results }) => results)]).toEqual([1, [[]]]);
  });

  it('ends between two requests when it is told to', async () => {
    const stopping = AbortSignal.abort(new Error('stop'));
    const ended = run({ providers: PROVIDERS, models: { fast: { targets: [TARGET_A] } } }, 'no-usage', {
      signal: stopping,
    });
    await expect(ended).rejects.toThrow('stop');
  });

  it('finds the same again', async () => {
    const alias = { strategy: 'weighted', targets: [TARGET_A, TARGET_B] };
    const found = async () => JSON.stringify(await resultsOf(alias, 'hung-after-headers'));
    expect(await found()).toBe(await found());
  });
});

import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { describe, expect, it } from 'vitest';
import { examplesIn } from '../__fixtures__/pages.js';
import { checkConfig } from './check-config.js';
import { PROVIDER_DEFINITIONS } from './definitions.js';
import { parseYaml } from './parse-yaml.js';

const apiKey = { env: 'A_KEY' };
const target = { provider: 'openai', model: 'gpt-5' };

/** What the examples take for granted: providers and aliases that others of them have. */
const AROUND = {
  providers: {
    openai: { kind: 'openai', apiKey },
    claude: { kind: 'anthropic', apiKey },
    mistral: { kind: 'mistral', apiKey },
    local: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8080/v1' },
  },
  models: Object.fromEntries(['fast', 'cheap', 'best', 'spare'].map((alias) => [alias, { targets: [target] }])),
};

/** Pages whose example has a provider that is made in the course of them; their own tests walk through them. */
const WALKED = new Set(['docs/adding-a-provider.md']);

function valueOf(text: string): JsonObject {
  const parsed = parseYaml(text);
  if (!parsed.ok) throw new Error(parsed.reasons.join('\n'));
  return isJsonObject(parsed.value) ? parsed.value : {};
}

/** The example as a file; what is a part of an alias stands in one. */
function asFile(example: JsonObject): JsonObject {
  const top = new Set(['auth', 'budgets', 'catalogue', 'cors', 'guards', 'history', 'limits', 'models', 'providers']);
  if (!Object.keys(example).every((key) => top.has(key))) {
    return { ...AROUND, models: { ...AROUND.models, fast: { targets: [target], ...example } } };
  }
  const { providers, models, ...rest } = example;
  return {
    providers: { ...AROUND.providers, ...(isJsonObject(providers) ? providers : {}) },
    models: { ...AROUND.models, ...(isJsonObject(models) ? models : {}) },
    ...rest,
  };
}

describe('every example of a file that the pages show', () => {
  const examples = examplesIn('yaml').filter(({ path }) => !WALKED.has(path));

  it('is found', () => {
    expect(examples.length).toBeGreaterThan(15);
  });

  it.each(examples.map(({ path, number, text }) => [`${path}, block ${number}`, text] as const))(
    'is one that a gateway takes: %s',
    (_, text) => {
      const checked = checkConfig(asFile(valueOf(text)), { definitions: PROVIDER_DEFINITIONS });
      expect(checked.ok ? [] : checked.problems).toEqual([]);
    },
  );
});

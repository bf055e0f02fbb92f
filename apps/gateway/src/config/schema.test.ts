import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ProviderDefinition } from '@sluice/contract';
import { PROVIDER_DEFINITIONS, providerDefinitions } from './definitions.js';
import type { SimulatorSettings } from './definitions.js';
import { configJsonSchema, createConfigSchema } from './schema.js';

function definition(settings: z.ZodType): ProviderDefinition {
  return {
    kind: 'mine',
    contractVersion: 1,
    settings,
    create: () => {
      throw new Error('not called');
    },
  };
}

describe('createConfigSchema', () => {
  it('gives every provider the settings that all have in common', () => {
    const schema = createConfigSchema([definition(z.strictObject({ kind: z.literal('mine') }))]);
    const parsed = schema.parse({ providers: { a: { kind: 'mine', timeouts: { connectMs: 5 } } } });
    expect(parsed.providers['a']).toEqual({ kind: 'mine', timeouts: { connectMs: 5 } });
  });

  it('works with no adapter at all', () => {
    expect(createConfigSchema([]).parse({}).providers).toEqual({});
  });

  it('refuses two adapters for one kind', () => {
    const mine = definition(z.strictObject({ kind: z.literal('mine') }));
    expect(() => createConfigSchema([mine, mine])).toThrow('Two adapters claim the provider kind mine.');
  });

  it('refuses an adapter whose settings are no object', () => {
    expect(() => createConfigSchema([definition(z.string())])).toThrow('are not a zod object');
  });
});

describe('configJsonSchema', () => {
  it('describes what a file may hold: nothing is required, unknown keys are refused', () => {
    const schema = configJsonSchema(PROVIDER_DEFINITIONS) as Record<string, unknown>;
    expect(schema).toMatchObject({ title: 'Sluice configuration', type: 'object', additionalProperties: false });
    expect(schema['required']).toBeUndefined();
  });

  it('describes every setting of the app itself', () => {
    const { properties } = z.toJSONSchema(createConfigSchema([]), { io: 'input' });
    const slices = [
      'server',
      'cors',
      'auth',
      'providers',
      'models',
      'limits',
      'budgets',
      'guards',
      'responses',
      'ledger',
      'history',
      'cache',
      'idempotency',
      'breaker',
      'telemetry',
      'catalogue',
    ];
    expect(Object.keys(properties ?? {})).toEqual(slices);
    expect(properties?.['server']).toMatchObject({
      properties: { port: { description: expect.any(String) as unknown } },
    });
  });
});

describe('providerDefinitions', () => {
  it('asks for the simulator with the settings of its provider', async () => {
    const asked: SimulatorSettings[] = [];
    const definitions = providerDefinitions((settings) => {
      asked.push(settings);
      return Promise.resolve(new URL('http://127.0.0.1:1'));
    });
    const sim = definitions.find(({ kind }) => kind === 'sim');
    const faults = [{ every: 2, fault: { kind: 'hang' } }];
    const provider = sim?.create({ kind: 'sim', seed: 7, faults }, createProviderDeps());
    const request = { method: 'GET', url: new URL('http://simulator.invalid/v1/models'), headers: {} } as const;
    const readdressed = await provider?.authorize(request, new AbortController().signal);
    expect([asked, readdressed?.url.host]).toEqual([[{ seed: 7, faults }], '127.0.0.1:1']);
  });

  it('starts no simulator for those who only read settings', async () => {
    const sim = PROVIDER_DEFINITIONS.find(({ kind }) => kind === 'sim');
    expect(sim?.settings.parse({ kind: 'sim' })).toEqual({ kind: 'sim' });
  });
});

import { describe, expect, it } from 'vitest';
import { loaded, problemLines } from '../__fixtures__/load.js';

const only = (model: string) => `catalogue: {models: {${model}}}`;

describe('what a file says of models', () => {
  it('may be of a provider, of a kind, and like a model that is known', async () => {
    const yaml = only('sim/echo: {cannot: [vision]}, openai/gpt-9: {like: openai/gpt-4o}');
    const { config } = await loaded({ yaml });
    expect(config.catalogue.models['openai/gpt-9']).toEqual({ like: 'openai/gpt-4o' });
  });

  it.each([
    ['away/x: {}', 'catalogue.models["away/x"]: there is no provider and no kind "away"'],
    ['constructor/x: {}', 'catalogue.models["constructor/x"]: there is no provider and no kind "constructor"'],
    ['sim/echo: {like: openai/none}', 'catalogue.models["sim/echo"].like: the catalogue has no model "openai/none"'],
    ['echo: {}', 'catalogue.models.echo: this name is not allowed: expected PROVIDER/MODEL or KIND/MODEL'],
    [
      'sim/echo: {prices: [{usdPerMillionTokens: {input: 2.5e-9}}]}',
      'catalogue.models["sim/echo"].prices[0].usdPerMillionTokens.input: ' +
        'expected USD for a million tokens, from 0.0001 to 10000 with six decimals at most, or 0',
    ],
  ])('is refused as %s', async (model, problem) => {
    expect(await problemLines({ yaml: only(model) })).toEqual([`config error at ${problem}`]);
  });

  it('is told beside the other faults of the file', async () => {
    const yaml = `server: {port: 70000}\n${only('away/x: {}')}`;
    expect(await problemLines({ yaml })).toHaveLength(2);
  });
});

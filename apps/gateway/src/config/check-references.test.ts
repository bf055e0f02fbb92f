import { describe, expect, it } from 'vitest';
import { problemLines } from '../__fixtures__/load.js';

const targets = 'targets: [{provider: sim, model: echo}]';
const CIRCLE = 'this fallback is part of a circle of aliases';

describe('checkReferences', () => {
  it('reports providers and aliases that nothing bears, all of them', async () => {
    const yaml = `
models:
  fast:
    targets: [{provider: sim, model: echo}, {provider: gone, model: x}]
    fallbacks: [{provider: away, model: y}, {alias: nobody}]
`;
    expect(await problemLines({ yaml })).toEqual([
      'config error at models.fast.targets[1].provider: there is no provider "gone"',
      'config error at models.fast.fallbacks[0].provider: there is no provider "away"',
      'config error at models.fast.fallbacks[1].alias: there is no alias "nobody"',
    ]);
  });

  it('does not take what every object has for a provider', async () => {
    const yaml = 'models: {m: {targets: [{provider: constructor, model: x}]}}';
    expect(await problemLines({ yaml })).toEqual([
      'config error at models.m.targets[0].provider: there is no provider "constructor"',
    ]);
  });

  it('reports every fallback of a circle, and none that only leads to it', async () => {
    const yaml = `
models:
  entry: {${targets}, fallbacks: [{alias: a}]}
  a: {${targets}, fallbacks: [{alias: exit}, {alias: b}]}
  b: {${targets}, fallbacks: [{alias: a}]}
  exit: {${targets}}
`;
    expect(await problemLines({ yaml })).toEqual([
      `config error at models.a.fallbacks[1].alias: ${CIRCLE}`,
      `config error at models.b.fallbacks[0].alias: ${CIRCLE}`,
    ]);
  });

  it('reports an alias that falls back to itself', async () => {
    const yaml = `models: {a: {${targets}, fallbacks: [{alias: a}]}}`;
    expect(await problemLines({ yaml })).toEqual([`config error at models.a.fallbacks[0].alias: ${CIRCLE}`]);
  });

  it('takes two ways to one alias', async () => {
    const yaml = `
models:
  a: {${targets}, fallbacks: [{alias: b}, {alias: c}]}
  b: {${targets}, fallbacks: [{alias: c}]}
  c: {${targets}}
`;
    expect(await problemLines({ yaml })).toEqual([]);
  });

  it('refuses weights that leave nobody, and negative ones', async () => {
    const weighted = (first: number, second: number) => `
models:
  m:
    strategy: weighted
    targets: [{provider: sim, model: echo, weight: ${first}}, {provider: sim, model: slow, weight: ${second}}]
`;
    expect(await problemLines({ yaml: weighted(0, 1) })).toEqual([]);
    expect(await problemLines({ yaml: weighted(0, 0) })).toEqual([
      'config error at models.m.targets: every weight is 0, so no target would ever be chosen',
    ]);
    expect(await problemLines({ yaml: weighted(-1, 1) })).toEqual([
      'config error at models.m.targets[0].weight: Too small: expected number to be >=0',
    ]);
  });

  it('refuses a fallback that is neither a model nor an alias', async () => {
    const yaml = `models: {m: {${targets}, fallbacks: [{provider: sim}]}}`;
    expect(await problemLines({ yaml })).toEqual([
      'config error at models.m.fallbacks[0]: expected { provider, model } or { alias }',
    ]);
  });
});

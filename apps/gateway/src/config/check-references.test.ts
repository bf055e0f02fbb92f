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

  it('refuses a rule or a canary that refers to nothing', async () => {
    const yaml = `
models:
  m:
    ${targets}
    canary: {provider: nobody, model: x, share: 0.1}
    rules:
      - {when: {tags: eu}, use: {provider: nowhere, model: y}}
      - {when: {tenants: [a]}, use: {alias: none}}
      - {when: {headers: {x-app: [a, b]}}, use: {provider: sim, model: echo}}
`;
    expect(await problemLines({ yaml })).toEqual([
      'config error at models.m.canary.provider: there is no provider "nobody"',
      'config error at models.m.rules[0].use.provider: there is no provider "nowhere"',
      'config error at models.m.rules[1].use.alias: there is no alias "none"',
    ]);
  });

  it('refuses rules that lead around', async () => {
    const yaml = `
models:
  a: {${targets}, rules: [{when: {tags: x}, use: {alias: b}}]}
  b: {${targets}, rules: [{when: {tags: y}, use: {alias: a}}]}
  c: {${targets}, rules: [{when: {tags: y}, use: {alias: a}}]}
`;
    expect(await problemLines({ yaml })).toEqual([
      'config error at models.a.rules[0].use.alias: this rule is part of a circle of aliases',
      'config error at models.b.rules[0].use.alias: this rule is part of a circle of aliases',
    ]);
  });

  it('refuses a canary that is one of the targets', async () => {
    const yaml = `models: {m: {targets: [{provider: sim, model: echo}], canary: {provider: sim, model: echo, share: 0.1}}}`;
    expect(await problemLines({ yaml })).toEqual([
      'config error at models.m.canary: this target is one of `targets` already',
    ]);
  });

  it.for([
    ['rules: [{when: {}, use: {alias: m}}]', 'rules[0].when: at least one condition'],
    ['rules: [{when: {tags: []}, use: {alias: m}}]', 'rules[0].when.tags: Too small: expected array to have >=1 items'],
    [
      'rules: [{when: {headers: {X-App: a}}, use: {alias: m}}]',
      'rules[0].when.headers.X-App: this name is not allowed: the name of a header, in small letters',
    ],
    ['rules: [{when: {tags: a}, use: {}}]', 'rules[0].use: expected { provider, model } or { alias }'],
    ['canary: {provider: sim, model: echo, share: 2}', 'canary.share: Too big: expected number to be <=1'],
    [
      'fallbacks: [{provider: sim, model: slow, on: []}]',
      'fallbacks[0].on: Too small: expected array to have >=1 items',
    ],
  ] as const)('refuses %s', async ([setting, problem]) => {
    const yaml = `models: {m: {targets: [{provider: sim, model: slow}], ${setting}}}`;
    expect(await problemLines({ yaml })).toEqual([`config error at models.m.${problem}`]);
  });
});

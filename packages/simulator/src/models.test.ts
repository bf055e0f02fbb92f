import { describe, expect, it } from 'vitest';
import { SIMULATOR_MODELS, findModel } from './models.js';

describe('findModel', () => {
  it('finds every model that is listed', () => {
    expect(SIMULATOR_MODELS.filter(({ id }) => findModel(id) === undefined)).toEqual([]);
  });

  it('finds every listed model without its number too', () => {
    const bare = SIMULATOR_MODELS.map(({ form }) => form.replace(/-<\w+>$/, ''));
    expect(bare.filter((name) => findModel(name) === undefined)).toEqual([]);
  });

  it.for([
    ['pace-5', 5],
    ['slow', 2000],
    ['error-in-stream-7', 7],
    ['tools-parallel', 0],
  ] as const)('reads the number of %s as %i', ([name, parameter]) => {
    expect(findModel(name)).toMatchObject({ parameter });
  });

  it.for(['', 'gpt', 'echo-5', 'error-200', 'error-600', 'pace-', 'pace--1', 'pace-1.5', 'slow-999999999', 'toString'])(
    'knows no model %j',
    (name) => {
      expect(findModel(name)).toBeUndefined();
    },
  );
});

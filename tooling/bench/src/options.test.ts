import { describe, expect, it } from 'vitest';
import { LOADS } from './loads.js';
import { parseOptions } from './options.js';

describe('parseOptions', () => {
  it('measures everything and checks nothing by default', () => {
    expect(parseOptions([])).toMatchObject({
      loads: LOADS,
      targets: ['direct', 'pass-through', 'sluice'],
      check: false,
    });
  });

  it('takes loads by name, in the order given', () => {
    expect(parseOptions(['--only', 'burst,chat']).loads.map(({ name }) => name)).toEqual(['burst', 'chat']);
  });

  it.each([
    [['--only', 'nonsense'], /--only knows chat, /],
    [['--rounds', '0'], /--rounds wants a number above 0/],
    [['--seconds', 'x'], /--seconds wants a number above 0/],
    [['--wrong'], /Unknown option/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

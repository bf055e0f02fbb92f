import { describe, expect, it } from 'vitest';
import { parseScenario } from './scenario.js';

const faults = [{ every: 2, fault: { kind: 'hang' } }];
const scripts = { a: { turns: [{ text: 'Hi' }] } };

describe('parseScenario', () => {
  it.for([
    [faults, { faults, scripts: {} }],
    [{ faults }, { faults, scripts: {} }],
    [{ scripts }, { faults: [], scripts }],
    [
      { faults, scripts },
      { faults, scripts },
    ],
  ] as const)('reads %j', ([value, expected]) => {
    expect(parseScenario(value)).toEqual(expected);
  });

  it.for([
    [[{ fault: { kind: 'none' } }], 'faults[0].fault.kind'],
    [{ nonsense: 1 }, 'nonsense'],
    ['text', 'expected object'],
    [[{ every: 0, fault: { kind: 'hang' } }], 'faults[0].every'],
  ] as const)('says what is wrong with %j', ([value, words]) => {
    expect(() => parseScenario(value)).toThrow(words);
  });
});

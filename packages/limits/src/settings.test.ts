import { describe, expect, it } from 'vitest';
import { limitRules, limitsSettings } from './index.js';

describe('limitsSettings', () => {
  it('has no profiles where the file is silent', () => {
    expect(limitsSettings.parse({})).toMatchObject({ profiles: {}, scopes: {} });
  });

  it('keeps an absent limit absent', () => {
    expect(limitsSettings.parse({ profiles: { free: { concurrent: 2 } } }).profiles['free']).toEqual({ concurrent: 2 });
  });
});

describe('limitRules', () => {
  it('takes 0', () => {
    expect(limitRules.parse({ requestsPerMinute: 0, concurrent: 0 })).toEqual({ requestsPerMinute: 0, concurrent: 0 });
  });

  it.each([{ requestsPerMinute: -1 }, { concurrent: 1.5 }, { concurrent: '5' }, { concurrent: null }, { perHour: 1 }])(
    'refuses %o',
    (rules) => {
      expect(limitRules.safeParse(rules).success).toBe(false);
    },
  );
});

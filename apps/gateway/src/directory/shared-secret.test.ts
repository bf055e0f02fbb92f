import { describe, expect, it } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { agree, markOf } from './shared-secret.js';

const [MINE, THEIRS, OLDER] = ['m'.repeat(43), 't'.repeat(43), 'o'.repeat(43)] as const;
const OTHER_KEY = 'Zx9cV7bN5mK3jH1gF2dS4aP6oI8uY0tR';

const founded = (adminKey?: string) => agree(undefined, { own: [THEIRS], adminKey }).next ?? { mark: '' };

describe('the secret that machines share', () => {
  it('is that of the first machine, of which the database learns nothing without the admin key', () => {
    expect(agree(undefined, { own: [MINE, OLDER], adminKey: undefined })).toEqual({
      secret: MINE,
      next: { mark: markOf(MINE) },
    });
    expect(JSON.stringify(agree(undefined, { own: [MINE], adminKey: ADMIN_KEY }).next)).not.toContain(MINE);
  });

  it('is opened by a machine with the same admin key, and by no other', () => {
    const kept = founded(ADMIN_KEY);
    expect(agree(kept, { own: [MINE], adminKey: ADMIN_KEY })).toEqual({ secret: THEIRS });
    for (const adminKey of [OTHER_KEY, undefined]) {
      expect(() => agree(kept, { own: [MINE], adminKey })).toThrow(/made with the secret of another machine/);
    }
  });

  it('is any that the machine has, and is sealed for the admin key that it comes with', () => {
    const own = [MINE, THEIRS] as const;
    expect(agree(founded(ADMIN_KEY), { own, adminKey: ADMIN_KEY })).toEqual({ secret: THEIRS });
    expect(agree(founded(ADMIN_KEY), { own, adminKey: undefined })).toEqual({ secret: THEIRS });
    const { next } = agree(founded(), { own, adminKey: OTHER_KEY });
    expect(next && agree(next, { own: [MINE], adminKey: OTHER_KEY })).toEqual({ secret: THEIRS });
  });

  it.each(['', '.', 'salt', 'salt.sealed1.a.b.c', '\0'])('is not taken from what was not sealed: %j', (sealed) => {
    const kept = { mark: markOf(THEIRS), sealed };
    expect(() => agree(kept, { own: [MINE], adminKey: ADMIN_KEY })).toThrow(/another machine/);
  });

  it('is not taken where it is not the one that the database was made with', () => {
    const { sealed = '' } = founded(ADMIN_KEY);
    const kept = { mark: markOf(OLDER), sealed };
    expect(() => agree(kept, { own: [MINE], adminKey: ADMIN_KEY })).toThrow(/another machine/);
  });
});

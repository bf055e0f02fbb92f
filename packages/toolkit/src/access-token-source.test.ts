import { beforeEach, describe, expect, it } from 'vitest';
import { AccessTokenSource } from './access-token-source.js';
import type { AccessToken } from './access-token-source.js';

const HOUR = 3_600_000;
const never = new AbortController().signal;

interface Asked {
  readonly signal: AbortSignal;
  readonly give: (name: string, lifetimeMs?: number) => void;
  readonly fail: (reason: Error) => void;
}

let asked: Asked[] = [];
let nowMs = 0;
const clock = { monotonic: () => nowMs };
let tokens = new AccessTokenSource(() => Promise.reject(new Error('nobody')), clock);

beforeEach(() => {
  asked = [];
  nowMs = 0;
  const mint = (signal: AbortSignal): Promise<AccessToken> =>
    new Promise((resolve, reject) => {
      asked.push({
        signal,
        give: (name, lifetimeMs = HOUR) => resolve({ headers: { authorization: name }, lifetimeMs }),
        fail: reject,
      });
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  tokens = new AccessTokenSource(mint, clock);
});

async function hold(name: string, lifetimeMs?: number): Promise<void> {
  const waiting = tokens.headers(never);
  asked.at(-1)?.give(name, lifetimeMs);
  await waiting;
}

describe('a token', () => {
  it('is asked for once, however many need it', async () => {
    const all = [tokens.headers(never), tokens.headers(never), tokens.headers(never)];
    asked[0]?.give('a');
    expect([await Promise.all(all), asked.length]).toEqual([Array(3).fill({ authorization: 'a' }), 1]);
  });

  it('is kept until shortly before its end', async () => {
    await hold('a');
    nowMs += HOUR - 240_001;
    expect([await tokens.headers(never), asked.length]).toEqual([{ authorization: 'a' }, 1]);
    nowMs += 1;
    await hold('b');
    expect([await tokens.headers(never), asked.length]).toEqual([{ authorization: 'b' }, 2]);
  });

  it('that lives shortly is kept for four fifths of its life', async () => {
    await hold('a', 10_000);
    nowMs += 7_999;
    expect([await tokens.headers(never), asked.length]).toEqual([{ authorization: 'a' }, 1]);
    nowMs += 1;
    await hold('b');
    expect(asked.length).toBe(2);
  });

  it('is used to its very end where no other is to be had', async () => {
    await hold('a');
    nowMs += HOUR - 1;
    const waiting = tokens.headers(never);
    asked[1]?.fail(new Error('down'));
    expect(await waiting).toEqual({ authorization: 'a' });
    nowMs += 1;
    const late = tokens.headers(never);
    asked[2]?.fail(new Error('still down'));
    await expect(late).rejects.toThrow('still down');
  });

  it('is asked for again after a failure', async () => {
    const waiting = tokens.headers(never);
    asked[0]?.fail(new Error('down'));
    await expect(waiting).rejects.toThrow('down');
    await hold('b');
    expect(await tokens.headers(never)).toEqual({ authorization: 'b' });
  });
});

describe('a token that was refused', () => {
  it('is replaced', async () => {
    await hold('a');
    nowMs += 30_000;
    tokens.refuse();
    await hold('b');
    expect([await tokens.headers(never), asked.length]).toEqual([{ authorization: 'b' }, 2]);
  });

  it('is kept while it is new: another would fare no better', async () => {
    await hold('a');
    nowMs += 29_999;
    tokens.refuse();
    expect([await tokens.headers(never), asked.length]).toEqual([{ authorization: 'a' }, 1]);
  });

  it('before there was one changes nothing', async () => {
    tokens.refuse();
    await hold('a');
    expect(await tokens.headers(never)).toEqual({ authorization: 'a' });
  });
});

describe('who leaves', () => {
  const gone = new Error('gone');

  it('is let go at once, the others wait on', async () => {
    const leaving = new AbortController();
    const first = tokens.headers(leaving.signal);
    const second = tokens.headers(never);
    leaving.abort(gone);
    await expect(first).rejects.toBe(gone);
    expect(asked[0]?.signal.aborted).toBe(false);
    asked[0]?.give('a');
    expect(await second).toEqual({ authorization: 'a' });
  });

  it('last ends the asking, and the next one asks anew', async () => {
    const leaving = new AbortController();
    const waiting = tokens.headers(leaving.signal);
    leaving.abort(gone);
    await expect(waiting).rejects.toBe(gone);
    expect(asked[0]?.signal.aborted).toBe(true);
    await hold('b');
    expect([await tokens.headers(never), asked.length]).toEqual([{ authorization: 'b' }, 2]);
  });

  it('before asking asks nobody', async () => {
    await expect(tokens.headers(AbortSignal.abort(gone))).rejects.toBe(gone);
    expect(asked).toEqual([]);
  });

  it('is not given the old token instead', async () => {
    await hold('a');
    nowMs += HOUR - 1;
    const leaving = new AbortController();
    const waiting = tokens.headers(leaving.signal);
    leaving.abort(gone);
    await expect(waiting).rejects.toBe(gone);
  });
});

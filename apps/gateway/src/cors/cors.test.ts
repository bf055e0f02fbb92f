import { isGatewayError } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../__fixtures__/store.js';
import { createCors } from './cors.js';
import type { Cors } from './cors.js';
import { LiveCors } from './live-cors.js';
import type { CorsEnvironment, CorsSettings } from './settings.js';

const APP = 'https://app.example.com';
const FILE: CorsSettings = {
  production: { origins: [APP], credentials: true },
  development: { origins: ['http://localhost:*'], credentials: false },
};

const follow = (work: () => void): void => work();

function corsOf(file: CorsSettings | undefined, environment: CorsEnvironment = 'production') {
  const clock = createManualClock();
  const { settings } = temporaryStore();
  const live = new LiveCors({ settings, clock, environment, follow, file: () => file });
  return { cors: createCors(live), live, clock, settings };
}

const post = (origin?: string | string[], path = '/v1/chat/completions') => ({
  method: 'POST',
  path,
  headers: { host: '127.0.0.1:4000', ...(origin === undefined ? {} : { origin }) },
});
const preflight = (origin: string, path = '/v1/chat/completions', asked?: string) => ({
  method: 'OPTIONS',
  path,
  headers: {
    host: '127.0.0.1:4000',
    origin,
    'access-control-request-method': 'POST',
    ...(asked === undefined ? {} : { 'access-control-request-headers': asked }),
  },
});
const refuses = (cors: Cors, question: Parameters<Cors['intercept']>[0]): boolean =>
  isGatewayError(cors.intercept(question), 'origin_not_allowed');

describe('a call from a page', () => {
  it('of an allowed origin passes, and its answer names that origin', () => {
    const { cors } = corsOf(FILE);
    expect(cors.intercept(post(APP))).toBeUndefined();
    expect(cors.headers(post(APP))).toMatchObject({
      vary: 'Origin',
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': expect.stringContaining('x-sluice-attempts') as string,
    });
  });

  it('allows credentials only where the policy does', () => {
    const { cors } = corsOf(FILE, 'development');
    expect(cors.headers(post('http://localhost:5173'))).not.toHaveProperty('access-control-allow-credentials');
  });

  it('of the gateway itself is no call across origins', () => {
    const { cors } = corsOf(FILE);
    expect(['http://127.0.0.1:4000', 'https://127.0.0.1:4000'].filter((own) => refuses(cors, post(own)))).toEqual([]);
    expect(refuses(cors, post('http://127.0.0.1:4001'))).toBe(true);
  });

  it('without an Origin passes, and its answer still varies by it', () => {
    const { cors } = corsOf(FILE);
    expect(cors.intercept(post())).toBeUndefined();
    expect(cors.headers(post())).toEqual({ vary: 'Origin' });
  });

  it('meets no rule and gets no header where there is no policy', () => {
    const { cors } = corsOf(undefined);
    expect(cors.intercept(post('https://evil.com'))).toBeUndefined();
    expect([cors.headers(post()), cors.headers(post('https://evil.com'))]).toEqual([undefined, undefined]);
  });
});

describe('the development pattern', () => {
  it.each(['http://localhost', 'http://localhost:3000', 'http://localhost:65535'])('takes %s', (origin) => {
    expect(refuses(corsOf(FILE, 'development').cors, post(origin))).toBe(false);
  });

  it.each([
    'https://localhost:3000',
    'http://localhost:3000.evil.com',
    'http://localhost:3000/',
    'http://localhost.evil.com:3000',
    'http://evil.com/http://localhost:3000',
    'http://localhost:',
    'http://localhost:3000\nhttp://evil.com',
    'http://127.0.0.1:3000',
    'http://a.localhost:3000',
  ])('refuses %j', (origin) => {
    expect(refuses(corsOf(FILE, 'development').cors, post(origin))).toBe(true);
  });

  it('means nothing in production', () => {
    expect(refuses(corsOf(FILE).cors, post('http://localhost:3000'))).toBe(true);
  });
});

describe('a preflight', () => {
  it('grants GET, POST and DELETE, and of the headers asked for those of the SDKs and ours', () => {
    const asked =
      'Authorization, content-type, x-api-key, api-key, x-goog-api-key, anthropic-version, OpenAI-Organization, x-stainless-lang, x-sluice-tags, idempotency-key, x-request-id, traceparent, cookie, x-evil, x-forwarded-for, anthropic-ü';
    const granted = corsOf(FILE).cors.intercept(preflight(APP, '/v1/messages', asked));
    expect(granted).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-allow-headers':
          'authorization, content-type, x-api-key, api-key, x-goog-api-key, anthropic-version, openai-organization, x-stainless-lang, x-sluice-tags, idempotency-key, x-request-id, traceparent',
      },
    });
  });

  it('is refused for other origins, and everywhere where there is no policy', () => {
    expect(refuses(corsOf(FILE).cors, preflight('https://evil.com'))).toBe(true);
    expect(refuses(corsOf(undefined).cors, preflight(APP))).toBe(true);
  });

  it.each(['/admin/v1/keys', '/admin/v1/cors', '/metrics', '/openapi.json', '/docs', '/console', '/health/providers'])(
    'is refused at %s also for an allowed origin, and so are calls, whatever the query',
    (path) => {
      const { cors } = corsOf(FILE);
      for (const asked of [path, `${path}?x`]) {
        expect([refuses(cors, preflight(APP, asked)), refuses(cors, post(APP, asked))]).toEqual([true, true]);
        expect(cors.headers(post(APP, asked))).toEqual({ vary: 'Origin' });
        expect(refuses(cors, post('http://127.0.0.1:4000', asked))).toBe(false);
        expect(refuses(corsOf(undefined).cors, post(APP, asked))).toBe(false);
      }
    },
  );

  it('is none without the method that it asks for: an OPTIONS like any other', () => {
    expect(corsOf(FILE).cors.intercept({ ...post(APP), method: 'OPTIONS' })).toBeUndefined();
  });
});

describe('a policy of the database', () => {
  it("wins over the file's, until it is reset", () => {
    const { cors, live } = corsOf(FILE);
    live.set({ origins: ['https://other.example'], credentials: false });
    expect([refuses(cors, post(APP)), refuses(cors, post('https://other.example'))]).toEqual([true, false]);
    live.reset();
    expect([refuses(cors, post(APP)), refuses(cors, post('https://other.example'))]).toEqual([false, true]);
  });

  it('of another process counts within a second', () => {
    const { cors, settings, clock } = corsOf(FILE);
    settings.put({ kind: 'cors', name: 'production', value: { origins: [], credentials: false }, changedAtMs: 1 });
    expect(refuses(cors, post(APP))).toBe(false);
    clock.advance(200);
    expect(refuses(cors, post(APP))).toBe(true);
  });

  it('is of its environment alone', () => {
    const { cors, settings, clock } = corsOf(FILE);
    settings.put({ kind: 'cors', name: 'development', value: { origins: [], credentials: false }, changedAtMs: 1 });
    clock.advance(200);
    expect(refuses(cors, post(APP))).toBe(false);
  });

  it('goes on while the database cannot be read', () => {
    const store = temporaryStore();
    const clock = createManualClock();
    const live = new LiveCors({
      settings: store.settings,
      clock,
      environment: 'production',
      follow,
      file: () => undefined,
    });
    live.set({ origins: [APP], credentials: false });
    store.close();
    clock.advance(10_000);
    expect(refuses(createCors(live), post('https://evil.com'))).toBe(true);
  });
});

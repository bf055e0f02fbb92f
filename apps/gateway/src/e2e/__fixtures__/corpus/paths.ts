import { CHAT, request } from './bad-input.js';
import type { BadInput, Corpus, Expected } from './bad-input.js';

const unknown: Expected = { status: 404, code: 'unknown_url' };
const noModel: Expected = { status: 404, code: 'model_not_found' };
const noRoute: Expected = { status: 403, code: 'route_not_allowed' };
const bare: Expected = { status: 400, closes: true };
const good: Expected = { status: 200 };

const get = (id: string, path: string, expected: BadInput['expected'] = unknown): BadInput => ({
  id,
  what: path.slice(0, 60),
  bytes: (key) => request(key, { method: 'GET', path }),
  expected,
});
const post = (id: string, path: string, expected: BadInput['expected'] = unknown): BadInput => ({
  id,
  what: path.slice(0, 60),
  bytes: (key) => request(key, { path }),
  expected,
});
const asking = (id: string, header: string): BadInput => ({
  id,
  what: header,
  bytes: (key) => request(key, { method: 'GET', path: '/v1/models', headers: [header] }),
  expected: good,
});

const ITEMS = Array.from({ length: 10_000 }, () => 'a[]=1').join('&');
const BRACKETS = `a${'[b]'.repeat(1_000)}=1`;

const INPUTS: readonly BadInput[] = [
  ...['/v1/../admin', '/v1/../admin/v1/keys', '/v1/../../metrics', '/./admin/v1/keys'].map((path) => get('G-01', path)),
  ...['/v1/%2e%2e/admin/v1/keys', '/%2e%2e/metrics', '/v1/%2E%2E/metrics', '/%2e/metrics'].map((path) =>
    get('G-02', path),
  ),
  ...['/..;/admin', '/v1/..;/admin/v1/keys', '/v1/..;/metrics'].map((path) => get('G-04', path)),
  ...['//admin', '//metrics', '//admin/v1/keys', '/admin//v1/keys', '/v1//models'].map((path) => get('G-05', path)),
  ...['/admin;x', '/metrics;x', '/admin/v1/keys;x=1'].map((path) => get('G-07', path)),
  ...['/admin%20', '/metrics%20', '/admin/v1/keys%20', '/metrics%09'].map((path) => get('G-08', path)),
  ...['/admin%23', '/metrics%23', '/metrics%3f'].map((path) => get('G-10', path)),
  get('G-11', '/admin?'),
  get('G-11', '/metrics?', noRoute),
  get('G-11', '/admin/v1/keys?', noRoute),
  ...['/%ZZ', '/v1/%ZZ', '/v1/models/%ZZ', '/%', '/v1/%e0%a4%a'].map((path) => get('G-13', path)),
  ...['/%c0%ae%c0%ae/metrics', '/v1/%c0%ae/models'].map((path) => get('G-14', path)),
  ...['/METRICS', '/Admin/v1/keys', '/metrics/', '/admin/v1/keys/', '/v1/models/'].map((path) => get('G-15', path)),
  get('G-16', '/\\admin'),
  get('G-16', '\\admin', [bare, unknown]),
  get('G-16', '/v1/..\\admin'),
  ...['/.env', '/.git/config', '/package.json', '/node_modules/', '/etc/passwd', '/debug/pprof'].map((path) =>
    get('G-17', path),
  ),
  get('G-19', '/v1/models/__proto__', noModel),
  get('G-19', '/v1/models/constructor', noModel),
  get('G-19', '/v1/models/..', [unknown, noModel]),
  get('G-19', '/v1/models/a%0d%0aX:1', noModel),
  get('G-19', '/v1/models/a%00', noModel),
  post('G-19', '/v1beta/models/..%2F..:generateContent', [{ status: 400 }, { status: 404 }]),
  get('G-20', '/v1/models?model=a&model=b', good),
  post('G-20', `${CHAT}?model=a&model=b`, good),
  get('G-20', `/v1/models?${ITEMS}`, { status: 431, closes: true }),
  get('G-20', `/v1/models?${ITEMS.slice(0, 12_000)}`, good),
  get('G-20', `/v1/models?${BRACKETS}`, good),
  asking('G-22', 'X-Original-URL: /admin/v1/keys'),
  asking('G-22', 'X-Rewrite-URL: /admin/v1/keys'),
  asking('G-22', 'X-HTTP-Method-Override: DELETE'),
];

/** Class G: paths and queries. */
export const PATHS: Corpus = { 'paths and queries': INPUTS };

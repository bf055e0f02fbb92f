import { expect, it } from 'vitest';
import { loaded } from '../__fixtures__/load.js';
import { parseConfig } from './parse-config.js';

const providers = { own: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } };

it('makes the very configuration of a value that a start makes of the same file', async () => {
  const { config } = await loaded({ yaml: JSON.stringify({ providers }) });
  expect(JSON.stringify(parseConfig({ providers }, { env: {}, cwd: '.' }))).toBe(JSON.stringify(config));
});

it('adds no simulator in production', () => {
  const { providers: there } = parseConfig({}, { env: { NODE_ENV: 'production' }, cwd: '.' });
  expect(there).toEqual({});
});

it.each([[null], ['text'], [{ providers: null }], [{ providers: [] }]])('refuses %j', (raw) => {
  expect(() => parseConfig(raw, { env: {}, cwd: '.' })).toThrow(/config error/);
});

import type { RawCall } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { toBaseHeaders } from '../headers.js';
import { anthropicSettings } from '../settings.js';
import { createPassthrough } from './passthrough.js';

function encode(callHeaders: RawCall['headers'], settings: object = {}, baseUrl = 'https://api.anthropic.com') {
  const headers = toBaseHeaders(anthropicSettings.parse({ kind: 'anthropic', ...settings }));
  const body = Buffer.from('{"model":"alias","max_tokens":1}');
  const call: RawCall = {
    body,
    wire: { model: 'alias', max_tokens: 1 },
    stream: false,
    wantsUsage: true,
    headers: callHeaders,
  };
  return createPassthrough({ headers, version: '2023-06-01' }).encode(call, {
    provider: 'claude',
    model: 'claude-opus-4-8',
    baseUrl: new URL(baseUrl),
  });
}

describe('the request that passes through', () => {
  it('names the model of the target', () => {
    expect(String(encode({}).body)).toBe('{"model":"claude-opus-4-8","max_tokens":1}');
  });

  it.each([
    ['https://api.anthropic.com', 'https://api.anthropic.com/v1/messages'],
    ['https://api.anthropic.com/', 'https://api.anthropic.com/v1/messages'],
    ['https://api.anthropic.com/v1', 'https://api.anthropic.com/v1/messages'],
    ['https://example.com/anthropic/v1/', 'https://example.com/anthropic/v1/messages'],
    ['https://example.com/anthropic', 'https://example.com/anthropic/v1/messages'],
  ])('goes below %s', (baseUrl, url) => {
    expect(encode({}, {}, baseUrl).url.href).toBe(url);
  });

  it('speaks the version of the caller', () => {
    expect(encode({ 'anthropic-version': '2026-10-21' }).headers['anthropic-version']).toBe('2026-10-21');
  });

  it.each([undefined, '2022-01-01', ['2026-10-21', '2023-06-01']])('speaks its own version for %j', (version) => {
    expect(encode({ 'anthropic-version': version, 'anthropic-beta': 'x' }).headers['anthropic-version']).toBe(
      '2023-06-01',
    );
  });

  it("joins the caller's betas to its own, each once", () => {
    const { headers } = encode({ 'anthropic-beta': 'b-2, b-3' }, { beta: ['b-1', 'b-2'] });
    expect(headers['anthropic-beta']).toBe('b-1,b-2,b-3');
  });

  it('takes betas that came in several headers', () => {
    expect(encode({ 'anthropic-beta': ['a', 'b,c'] }).headers['anthropic-beta']).toBe('a,b,c');
  });

  it('leaves out names that are no betas', () => {
    expect(encode({ 'anthropic-beta': 'a b,;' }).headers).not.toHaveProperty('anthropic-beta');
  });

  it('asks for bytes that are not compressed', () => {
    expect(encode({ 'accept-encoding': 'gzip' }).headers['accept-encoding']).toBe('identity');
  });

  it('takes no other header of the caller along', () => {
    const { headers } = encode({ 'x-other': '1', 'anthropic-dangerous': 'x' });
    expect(Object.keys(headers)).toEqual(['content-type', 'accept-encoding', 'anthropic-version']);
  });
});

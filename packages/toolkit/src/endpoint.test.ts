import { expect, it } from 'vitest';
import { endpoint } from './endpoint.js';

it.for(['https://api.example/v1', 'https://api.example/v1/', 'https://api.example/v1//'])('goes below %s', (base) => {
  expect(endpoint(new URL(base), 'models').href).toBe('https://api.example/v1/models');
});

it('remembers its answers', () => {
  const base = new URL('https://api.example');
  expect(endpoint(base, 'a')).toBe(endpoint(base, 'a'));
});

it('does not remember whatever it is asked', () => {
  const base = new URL('https://api.example');
  for (let i = 0; i < 1_000; i += 1) endpoint(base, `models/${i}`);
  expect(endpoint(base, 'models/999')).not.toBe(endpoint(base, 'models/999'));
  expect(endpoint(base, 'models/999').pathname).toBe('/models/999');
});

it('tells paths apart', () => {
  const base = new URL('https://api.example');
  expect([endpoint(base, 'a').pathname, endpoint(base, 'b').pathname]).toEqual(['/a', '/b']);
});

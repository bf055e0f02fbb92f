import { expect, it } from 'vitest';
import { endpoint } from './endpoint.js';

it.for(['https://api.example/v1', 'https://api.example/v1/', 'https://api.example/v1//'])('goes below %s', (base) => {
  expect(endpoint(new URL(base), 'models').href).toBe('https://api.example/v1/models');
});

it('remembers its answers', () => {
  const base = new URL('https://api.example');
  expect(endpoint(base, 'a')).toBe(endpoint(base, 'a'));
});

it('tells paths apart', () => {
  const base = new URL('https://api.example');
  expect([endpoint(base, 'a').pathname, endpoint(base, 'b').pathname]).toEqual(['/a', '/b']);
});

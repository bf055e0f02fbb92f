import { expect, it } from 'vitest';
import { prefersCsv } from './accepts-csv.js';

it.each([
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['text/html', false],
  ['text/csv', true],
  ['TEXT/CSV; header=present', true],
  ['application/json, text/csv', false],
  ['text/csv, application/json', true],
  ['application/json;q=0.5, text/csv;q=0.9', true],
  ['application/json, text/csv;q=0.9', false],
  ['text/csv;q=0', false],
  ['text/csv;q=x', false],
] as const)('Accept: %s', (accept, prefers) => expect(prefersCsv(accept)).toBe(prefers));

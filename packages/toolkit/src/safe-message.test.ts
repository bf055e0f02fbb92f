import { expect, it } from 'vitest';
import { safeMessage } from './safe-message.js';

it.for([
  ['No such model.', 'No such model.'],
  ['Unknown parameter: skip_special_tokens, keyword_arguments, "key-value".', undefined],
  ['Incorrect API key: sk-proj-a1b2c3d4e5f6.', 'Incorrect API key: [redacted]'],
  ['Incorrect API key: sk-proj-********wxyz', 'Incorrect API key: [redacted]'],
  ['Got AIzaSyA1234567890 and Bearer abc.def-123456', 'Got [redacted] and [redacted]'],
  ['one\ntwo\u0000\u2028three', 'one two three'],
  ['x'.repeat(2_000), 'x'.repeat(1_000)],
] as const)('shows %j', ([text, shown]) => expect(safeMessage(text)).toBe(shown ?? text));

it.for([undefined, '', ' \n ', '<html>nginx</html>', '\n <!doctype html>'])('has nothing to show of %j', (text) => {
  expect(safeMessage(text)).toBeUndefined();
});

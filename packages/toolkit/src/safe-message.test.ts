import { expect, it } from 'vitest';
import { redactSecrets, safeMessage } from './safe-message.js';

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

it.for([
  'at KeyHashes.with (packages/auth/src/key-hashes.ts:28:14)',
  'Basic authentication failed, bearer credentials are needed.',
  'skip_special_tokens, keyword_arguments, "key-value", basic configuration',
  'task-0123456789abcdef',
])('takes %j for words', (text) => expect(redactSecrets(text)).toBe(text));

it.for([
  ['sk-sluice-admin-AbCdEfGhIjKlMnOp', '[redacted]'],
  ['{"stack":"failed\\nsk-proj-a1b2c3d4e5f6"}', '{"stack":"failed\\n[redacted]"}'],
  ['authorization: Basic dXNlcjpwYXNzd29yZA==', 'authorization: [redacted]'],
  ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
] as const)('redacts the credential in %j', ([text, shown]) => expect(redactSecrets(text)).toBe(shown));

import { expect, it } from 'vitest';

/** Take out a line when it is done, and this file with the last. docs/adding-a-provider.md does each for a made-up vendor. */
const TO_DO = [
  'src/settings.ts: the address that the SDK of the vendor takes, and what else an operator must say',
  'src/definition.ts: put the key into the header where the vendor wants it, or ask for a token with it',
  'src/__fixtures__/README.md: where each recording comes from',
  'src/__fixtures__/chat-text.{request,upstream}.json: record a request; chat/encode.ts gives it',
  'src/__fixtures__/chat-text.{response,result}.json: record an answer; chat/decode.ts reads it',
  'src/__fixtures__/chat-text.{sse,events.json}: record a stream; chat/stream-decoder.ts reads it',
  'src/__fixtures__/chat-broken.{sse,error.json}: an error inside a stream',
  'src/__fixtures__/chat-tools.*: the same with a tool call',
  'src/chat/operation.ts: the features that the vendor has, each with a recording',
  'src/classify.ts: where the error bodies of the vendor keep message, type, code and parameter',
  'README.md: what the package owns and what it does not, and its settings',
];

it('is finished', () => {
  expect(TO_DO).toEqual([]);
});

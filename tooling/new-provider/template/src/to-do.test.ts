import { expect, it } from 'vitest';

/** Take out a line when it is done, and this file with the last. */
const TO_DO = [
  'settings.ts: the address that the SDK of the vendor takes, and what else an operator must say',
  'definition.ts: put the key into the header where the vendor wants it',
  'src/__fixtures__/chat-text.{request,upstream}.json: record a request; chat/encode.ts gives it',
  'src/__fixtures__/chat-text.{response,result}.json: record an answer; chat/decode.ts reads it',
  'src/__fixtures__/chat-text.{sse,events.json}: record a stream; chat/stream-decoder.ts reads it',
  'src/__fixtures__/chat-tools.*: the same with a tool call',
  'chat/operation.ts: the features that the vendor has, each with a recording',
  'classify.ts: where the error bodies of the vendor keep message, type, code and parameter',
  'src/__fixtures__/chat-broken.{sse,error.json}: an error inside a stream',
];

it('is finished', () => {
  expect(TO_DO).toEqual([]);
});

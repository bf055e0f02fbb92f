import { expect, it } from 'vitest';

/** Take out a line when it is done, and this file with the last. packages/providers/groq is such a package, finished. */
const TO_DO = [
  'src/definition.ts: the address that the SDK of the vendor takes',
  'src/rules.ts: what the vendor refuses, calls by another name or has beside chat, by its reference',
  'src/__fixtures__/README.md: where each recording comes from',
  'src/__fixtures__/chat-text.{request,upstream,response,result,events}.json and chat-text.sse: a chat, plain and streamed',
  'src/__fixtures__/chat-tools.*: the same with a tool call',
  'src/__fixtures__/chat-broken.{sse,error.json}: an error inside a stream',
  'src/__fixtures__/embed-two.* and models.{response,result}.json; or embeddings: false, models: false in src/rules.ts',
  'README.md: what the package owns and what it does not, and its settings',
];

it('is finished', () => {
  expect(TO_DO).toEqual([]);
});

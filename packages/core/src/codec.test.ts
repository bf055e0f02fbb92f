import type { ChatEvent, ChatRequest, ChatResult, Operation, StreamDecoder, Target } from '@sluice/contract';
import { expect, it } from 'vitest';
import { toyDialect } from './__fixtures__/toy-dialect.js';
import { translateCodec } from './codec.js';

const HEAD = { status: 200, headers: {} };
const silent: StreamDecoder<ChatEvent> = { push: () => [], end: () => [] };

it('tells the decoders which target was asked', async () => {
  const told: Target[] = [];
  const target: Target = { provider: 'p', model: 'm', baseUrl: new URL('http://upstream.test/') };
  const operation: Operation<ChatRequest, ChatResult, ChatEvent> = {
    features: new Set(),
    encode: () => ({ request: { method: 'POST', url: target.baseUrl, headers: {} }, adjustments: [] }),
    decode(_body, _head, asked) {
      told.push(asked);
      return { id: '', model: '', content: [], finish: { unified: 'stop' } };
    },
    stream: {
      framing: 'sse',
      open(_head, asked) {
        told.push(asked);
        return silent;
      },
    },
  };
  const parsed = toyDialect.parse({ model: 'route' });
  const context = { requestId: 'r', answerId: 'a', createdSeconds: 0, wantsUsage: true };
  const codec = translateCodec(operation, { dialect: toyDialect, parsed, context }, target);
  await codec.plain(Buffer.from('{}'), HEAD);
  codec.stream(HEAD);
  expect(told).toEqual([target, target]);
});

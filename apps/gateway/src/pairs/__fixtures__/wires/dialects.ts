import type { ChatDialect, ChatEvent, ChatResult, Usage, VendorState, WriteContext } from '@sluice/contract';
import { anthropicMessages } from '@sluice/dialect-anthropic';
import { geminiStreamGenerate } from '@sluice/dialect-gemini';
import { openAiChat } from '@sluice/dialect-openai';
import { arbitraries } from '@sluice/testkit';
import fc from 'fast-check';
import { HEAD } from './wire.js';
import type { Wire } from './wire.js';

/* Vendors whose API clients speak here too: the client's dialect writes what the vendor would. */

const CONTEXT: WriteContext = { requestId: 'req_1', answerId: 'answer-1', createdSeconds: 1, wantsUsage: true };

/** State that a test finds again wherever it stands. */
const signature = fc.integer({ min: 0, max: 0xffffff }).map((value) => Buffer.from(`signed-${value}`).toString('base64'));
const state = (kind: string, toData: (signed: string) => unknown): fc.Arbitrary<VendorState> =>
  signature.map((signed) => ({ kind, data: toData(signed) }));

function speaks(dialect: ChatDialect, rest: Pick<Wire, 'shape' | 'counts'>): Wire {
  return {
    ...rest,
    head: HEAD,
    plain: (result: ChatResult) => Buffer.from(dialect.writeResult(result, CONTEXT)),
    stream: (events: readonly ChatEvent[]) => {
      const writer = dialect.stream?.open(CONTEXT);
      return Buffer.from(events.map((event) => writer?.write(event) ?? '').join(''));
    },
  };
}

const all = (usage: Usage): Partial<Usage> => usage;

export const openAiWire = speaks(openAiChat, {
  shape: { refuses: true, logprobs: true, reasoning: fc.constant(undefined) },
  counts: all,
});

export const anthropicWire = speaks(anthropicMessages, {
  shape: {
    repeats: true,
    arguments: arbitraries.toolObject,
    reasoning: state('anthropic-messages', (signed) => ({ signature: signed })),
    hidden: state('anthropic-messages', (redacted) => ({ redacted })),
    citation: fc.record({ url: fc.webUrl(), title: fc.constant('A page') }),
  },
  counts: all,
});

export const geminiWire = speaks(geminiStreamGenerate, {
  shape: {
    arguments: arbitraries.toolObject,
    reasoning: fc.constant(undefined),
    callState: fc.option(
      state('gemini-generate', (thoughtSignature) => ({ thoughtSignature })),
      { nil: undefined },
    ),
  },
  counts: all,
});

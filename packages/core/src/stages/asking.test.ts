import type { ModelFacts, PriceUse } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { PRINCIPAL } from '../__fixtures__/bench.js';
import { candidateAt, configured, factsOf } from '../__fixtures__/snapshots.js';
import { toyProvider } from '../__fixtures__/toy-provider.js';
import { Call } from '../call.js';
import { Asking } from './asking.js';
import type { AskingParts } from './asking.js';

const PICO_PER_NANO = 1_000;

/** A nano-USD for each token. */
const priceUse: PriceUse = ({ usage }) => BigInt((usage.inputTokens + usage.outputTokens) * PICO_PER_NANO);

function callOf(bodyBytes: number): Call {
  const received = {
    requestId: 'r1',
    headers: {},
    trace: { traceId: 't', spanId: 's', traceparent: 'p' },
    signal: new AbortController().signal,
    readBody: () => Promise.resolve(new Uint8Array()),
  };
  const call = new Call(received, '/toy', { clock: createManualClock(), onInternalError: () => undefined });
  call.bodyBytes = bodyBytes;
  return call;
}

const PRICED = factsOf({ prices: [{ picoUsd: { input: 1, output: 1 } }] });

/** A chat of 30 bytes that may be answered by models of these facts. */
function askingOf(facts: readonly (ModelFacts | undefined)[], more: Partial<AskingParts> = {}): Asking {
  const known = Object.fromEntries(facts.flatMap((each, index) => (each ? [[String(index), each]] : [])));
  const provider = configured('p', toyProvider(), { facts: known });
  return new Asking({
    call: callOf(30),
    principal: PRINCIPAL,
    operation: 'chat',
    parsed: { wire: {} },
    candidates: facts.map((_, index) => candidateAt(provider, String(index))),
    priceUse,
    assumedOutputTokens: 100,
    mayGoElsewhere: true,
    ...more,
  });
}

describe('what a request may cost', () => {
  it('is known where every target has a price', () => {
    const { mayBeUnpriced, atMost } = askingOf([PRICED, PRICED]);
    expect([mayBeUnpriced, atMost.nanoUsd]).toEqual([false, 110]);
  });

  it('may be unknown where one of the targets has none, whatever the others cost', () => {
    for (const facts of [[PRICED, factsOf()], [undefined, PRICED], [factsOf()], []]) {
      const { mayBeUnpriced, atMost } = askingOf(facts);
      expect([mayBeUnpriced, atMost.nanoUsd]).toEqual([true, facts.includes(PRICED) ? 110 : undefined]);
    }
  });

  it('may be unknown where no price covers what is asked', () => {
    expect(askingOf([PRICED], { priceUse: () => undefined }).mayBeUnpriced).toBe(true);
    expect(askingOf([PRICED], { priceUse: undefined }).mayBeUnpriced).toBe(true);
  });

  it('is nothing where tokens are only counted', () => {
    const { mayBeUnpriced, atMost } = askingOf([undefined], { operation: 'countTokens' });
    expect([mayBeUnpriced, atMost.nanoUsd]).toEqual([false, 0]);
  });
});

import type { ChatEvent } from '@sluice/contract';
import { expect, it } from 'vitest';
import { geminiGenerate, geminiStreamGenerate } from './generate.js';

const CONTEXT = { requestId: 'r', answerId: 'a', createdSeconds: 7, wantsUsage: true };
const STOP = { unified: 'stop' } as const;
const FIRST = { type: 'text', text: '€ – ', citations: [{ url: 'a', range: [0, 3] }] } as const;
const SECOND = { type: 'text', text: 'é!', citations: [{ url: 'b', range: [1, 2] }] } as const;
const TOLD = {
  citations: [
    { startIndex: 0, endIndex: 7, uri: 'a' },
    { startIndex: 10, endIndex: 11, uri: 'b' },
  ],
};

it('an answer counts the places of its sources in bytes, from the beginning of its text', () => {
  const text = geminiGenerate.writeResult({ id: 'i', model: 'm', content: [FIRST, SECOND], finish: STOP }, CONTEXT);
  expect(JSON.parse(text)).toMatchObject({ candidates: [{ citationMetadata: TOLD }] });
});

it('a stream counts them as the plain answer does', () => {
  const events: readonly ChatEvent[] = [
    { type: 'start', id: 'i', model: 'm' },
    { type: 'refusal-delta', index: 0, text: '' },
    ...[FIRST, SECOND].flatMap(({ text, citations: [citation] }, index): readonly ChatEvent[] => [
      { type: 'text-delta', index, text: text.slice(0, 1) },
      { type: 'text-delta', index, text: text.slice(1) },
      { type: 'citation', index, citation },
      { type: 'part-end', index },
    ]),
    { type: 'finish', finish: STOP },
  ];
  const writer = geminiStreamGenerate.stream?.open({ ...CONTEXT, streamType: 'application/json' });
  const pieces = JSON.parse(events.map((event) => writer?.write(event)).join('')) as readonly unknown[];
  expect(pieces.at(-1)).toMatchObject({ candidates: [{ citationMetadata: TOLD }] });
});

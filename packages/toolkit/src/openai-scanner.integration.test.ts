import { describe, expect, it } from 'vitest';
import { createOpenAiScanner } from './openai-wire.js';

const MEGABYTE = 1_000_000;
const chunk = (content: string) =>
  `data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":null}]}\n\n`;

describe('what scanning costs', () => {
  it.for([
    ['many small chunks', chunk('word \\"quoted\\" word').repeat(Math.ceil(MEGABYTE / 110))],
    ['one huge chunk', chunk('x\\"y'.repeat(MEGABYTE / 4))],
    ['strings that never close', `${chunk('a')}${'"content":"'.repeat(MEGABYTE / 11)}\n\n`],
    ['keys in a row', `${chunk('a')}data: ${'"usage": '.repeat(MEGABYTE / 9)}\n\n`],
  ] as const)('passes a megabyte of %s in less than 100 ms', ([, stream]) => {
    const bytes = Buffer.from(stream);
    const before = process.cpuUsage();
    createOpenAiScanner({ wire: {}, wantsUsage: true }).push(bytes);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(100);
  });
});

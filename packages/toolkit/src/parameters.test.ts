import type { RawCall } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { parseCallBody } from './call-body.js';
import { hasParameter, withoutParameters } from './parameters.js';

const has = (wire: object, parameter: string, dialect = 'openai-chat') => hasParameter({ ...wire }, dialect, parameter);

function rawOf(json: string): RawCall {
  const body = Buffer.from(json);
  const { wire, modelAt } = parseCallBody(body);
  return {
    body,
    wire: wire as RawCall['wire'],
    stream: false,
    wantsUsage: true,
    headers: {},
    ...(modelAt ? { modelAt } : {}),
  };
}
function cut(json: string, dialect: string, ...parameters: readonly string[]) {
  const { body, wire } = withoutParameters(rawOf(json), dialect, parameters);
  const text = Buffer.from(body).toString();
  expect(JSON.parse(text)).toEqual(wire);
  return text;
}

describe('a parameter', () => {
  it('is there where the dialect has it', () => {
    expect(has({ temperature: 0 }, 'temperature')).toBe(true);
    expect(has({ generationConfig: { topP: 0.5 } }, 'top_p', 'gemini-generate')).toBe(true);
    expect(has({ stop_sequences: ['x'] }, 'stop', 'anthropic-messages')).toBe(true);
    expect(has({ output_config: { effort: 'low' } }, 'reasoning', 'anthropic-messages')).toBe(true);
    expect(has({ top_p: 0.5, generationConfig: 'x' }, 'top_p', 'gemini-generate')).toBe(false);
  });

  it('is not there as null, nor as the value that silence stands for', () => {
    expect([has({}, 'top_p'), has({ top_p: null }, 'top_p'), has({ temperature: 1 }, 'temperature')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('a call without parameters', () => {
  it('keeps every other byte, and the place of its model', () => {
    const call = rawOf('{"model": "m", "temperature": 0.5, "messages": [ ] ,"top_p":1}');
    const { body, modelAt } = withoutParameters(call, 'openai-chat', ['temperature', 'top_p']);
    expect(Buffer.from(body).toString()).toBe('{"model": "m", "messages": [ ]}');
    expect(Buffer.from(body).toString('utf8', modelAt?.start, modelAt?.end)).toBe('"m"');
  });

  it('loses them where the dialect has them', () => {
    expect(cut('{"generationConfig":{"temperature":0,"topK":3}}', 'gemini-generate', 'temperature')).toBe(
      '{"generationConfig":{"topK":3}}',
    );
    expect(cut('{"thinking":{},"output_config":{"effort":"low","format":1}}', 'anthropic-messages', 'reasoning')).toBe(
      '{"output_config":{"format":1}}',
    );
    expect(cut('{"output_config":1,"x":2}', 'anthropic-messages', 'reasoning')).toBe('{"output_config":1,"x":2}');
  });
});

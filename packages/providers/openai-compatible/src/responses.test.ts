import { writeSealed } from '@sluice/toolkit';
import { describe, expect, it } from 'vitest';
import { createResponsesPassthrough } from './responses.js';
import { COMPATIBLE } from './rules.js';
import { PLAIN } from './server.js';

const target = { provider: 'o', model: 'm', baseUrl: new URL('https://example.com/v1') };
const passthrough = createResponsesPassthrough({
  ...PLAIN,
  rules: COMPATIBLE,
  headers: { plain: {}, forCall: () => ({}) },
});

function takes(encrypted: string): boolean | undefined {
  const wire = { model: 'o', input: [{ type: 'reasoning', summary: [], encrypted_content: encrypted }] };
  const call = { body: Buffer.from(JSON.stringify(wire)), wire, stream: false, wantsUsage: false, headers: {} };
  return passthrough.takes?.(call, target);
}

describe('a conversation by the Responses API', () => {
  it("passes with OpenAI's own reasoning in it", () => expect(takes('gAAAAB')).toBe(true));

  it('is written anew where another vendor reasoned in it', () => {
    expect(takes(writeSealed({ state: { kind: 'gemini-generate', data: 'c2ln' } }))).toBe(false);
  });
});

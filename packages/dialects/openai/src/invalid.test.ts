import { isGatewayError } from '@sluice/contract';
import { parseCallBody } from '@sluice/toolkit';
import { expect, it } from 'vitest';
import { openAiChat, openAiEmbeddings, openAiResponses } from './index.js';

const CHAT = '"model":"m","messages":[{"role":"user","content":"hi"}]';

function refusal(run: () => unknown): readonly unknown[] {
  try {
    run();
  } catch (error) {
    if (isGatewayError(error)) return [error.code, error.details.param];
    throw error;
  }
  return [];
}

it.for([
  [openAiChat, `{${CHAT},"seed":9223372036854775808}`, 'number_out_of_range', 'seed'],
  [openAiChat, `{${CHAT},"max_tokens":9007199254740993}`, 'number_out_of_range', 'max_tokens'],
  [openAiChat, `{${CHAT},"max_tokens":-0}`, 'number_out_of_range', 'max_tokens'],
  [openAiChat, `{${CHAT},"temperature":1e400}`, 'number_out_of_range', 'temperature'],
  [openAiChat, `{${CHAT},"logit_bias":{"5":-1e400}}`, 'number_out_of_range', 'logit_bias.5'],
  [openAiChat, `{${CHAT},"user":12345678901234567890}`, 'invalid_type', 'user'],
  [openAiChat, `{${CHAT},"max_tokens":1000000000}`, 'invalid_value', 'max_tokens'],
  [openAiResponses, '{"model":"m","input":"hi","top_p":1e400}', 'number_out_of_range', 'top_p'],
  [openAiEmbeddings, '{"model":"m","input":"hi","dimensions":1e400}', 'number_out_of_range', 'dimensions'],
] as const)('of %o, %s is refused with %s for %s', ([dialect, body, code, param]) => {
  expect(refusal(() => dialect.parse(parseCallBody(Buffer.from(body)).wire))).toEqual([code, param]);
});

it('leaves a number that no field of the dialect takes to whoever knows it', () => {
  const { wire } = parseCallBody(Buffer.from(`{${CHAT},"x_vendor":1e400}`));
  expect(JSON.stringify(openAiChat.parse(wire).toRequest().extensions?.fields)).toBe('{"x_vendor":1e400}');
});

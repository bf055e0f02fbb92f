import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { openAiEmbeddings } from './index.js';

function refusal(body: unknown): unknown {
  try {
    return openAiEmbeddings.parse(body).model;
  } catch (error) {
    return isGatewayError(error) ? [error.code, error.details.param] : error;
  }
}

describe('parsing an embeddings request', () => {
  it.for([
    [null, 'invalid_type', undefined],
    [{ model: 'm' }, 'missing_required_parameter', 'input'],
    [{ model: 'm', input: 7 }, 'invalid_type', 'input'],
    [{ model: 'm', input: '' }, 'invalid_value', 'input'],
    [{ model: 'm', input: [] }, 'invalid_value', 'input'],
    [{ model: 'm', input: ['a', ''] }, 'invalid_value', 'input[1]'],
    [{ model: 'm', input: ['a', 1] }, 'invalid_type', 'input[1]'],
    [{ model: 'm', input: [1, 'a'] }, 'invalid_type', 'input[0]'],
    [{ model: 'm', input: [-1] }, 'invalid_value', 'input[0]'],
    [{ model: 'm', input: Array.from({ length: 2_049 }, () => 'a') }, 'invalid_value', 'input'],
    [{ model: 'm', input: 'a', dimensions: 0 }, 'invalid_value', 'dimensions'],
    [{ model: 'm', input: 'a', encoding_format: 'hex' }, 'invalid_value', 'encoding_format'],
    [{ model: 'm', input: 'a', api_base: 'x' }, 'unknown_parameter', 'api_base'],
  ] as const)('refuses %o with %s at %s', ([body, code, param]) => expect(refusal(body)).toEqual([code, param]));

  it('takes as many texts as the vendor does', () => {
    expect(refusal({ model: 'm', input: Array.from({ length: 2_048 }, () => 'a') })).toBe('m');
  });

  it('leaves out usage where none is known', () => {
    const written = openAiEmbeddings.writeResult(
      { model: 'm', vectors: [[1]] },
      { answerId: 'answer-1', requestId: 'r', createdSeconds: 1, wantsUsage: true },
    );
    expect(JSON.parse(written)).not.toHaveProperty('usage');
  });
});

import type { ImageRequest, RerankRequest, Target } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { createImages } from './images.js';
import { createRerank } from './rerank.js';

const images = createImages({});
const rerank = createRerank({});
const HEAD = { status: 200, headers: {} };
const at = (model: string): Target => ({ provider: 'p', model, baseUrl: new URL('https://x.test') });
const bytes = (answer: object) => Buffer.from(JSON.stringify(answer));

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (isGatewayError(error)) return error.details.param ?? error.code;
  }
  return 'none';
}

describe('pictures', () => {
  const CANVAS = 'us.amazon.nova-canvas-v1:0';
  const CORE = 'stability.sd3-5-large-v1:0';
  const ask = (model: string, more: Partial<ImageRequest>) => images.encode({ prompt: 'a', ...more }, at(model));
  const bodyOf = (model: string, more: Partial<ImageRequest>): unknown =>
    JSON.parse(String(ask(model, more).request.body));

  it.for([
    [CANVAS, { count: 6 }, 'n'],
    [CORE, { count: 2 }, 'n'],
    ['meta.llama3-3-70b-instruct-v1:0', {}, 'model'],
  ] as const)('are refused by %s for %j', ([model, more, param]) => {
    expect(failure(() => ask(model, more))).toBe(param);
  });

  it.for([
    ['1:1', 1_024, 1_024],
    ['1:2', 704, 1_472],
    ['320x4096', 320, 4_096],
  ] as const)('of %s have so many pixels', ([size, width, height]) => {
    expect(bodyOf(CANVAS, { size })).toMatchObject({ imageGenerationConfig: { width, height } });
  });

  it.for([
    [CANVAS, 'auto', []],
    [CANVAS, 'huge', ['size']],
    [CORE, '1024x1024', []],
    [CORE, '9:21', []],
    [CORE, '1:3', ['size']],
  ] as const)('by %s of the size %s are as asked, or are said not to be', ([model, size, changed]) => {
    expect(ask(model, { size }).adjustments.map(({ parameter }) => parameter)).toEqual(changed);
  });

  it.for([
    [{ status: 'Request Moderated', details: {} }, 'content_policy_violation'],
    [{ images: [], error: 'All of the generated images have been blocked.' }, 'content_policy_violation'],
    [{ finish_reasons: ['Filter reason: prompt'] }, 'content_policy_violation'],
    [{ seeds: [1], finish_reasons: ['Inference error'], images: [''] }, 'upstream_invalid_response'],
    [{ images: null, error: null }, 'upstream_invalid_response'],
  ] as const)('that are not there are a failure: %j', ([answer, code]) => {
    expect(failure(() => images.decode(bytes(answer), HEAD, at(CANVAS)))).toBe(code);
  });
});

describe('rankings', () => {
  const REQUEST: RerankRequest = { query: 'q', documents: ['a'] };
  const decode = (answer: object) => rerank.decode(bytes(answer), HEAD, at('amazon.rerank-v1:0'));

  it('are refused by a model that is not known to rank', () => {
    expect(failure(() => rerank.encode(REQUEST, at('amazon.nova-lite-v1:0')))).toBe('model');
  });

  it('cost a unit for each hundred documents, as far as the answer tells', () => {
    const { usage } = decode({ results: [{ index: 250, relevanceScore: 0.5 }] });
    expect(usage?.searchUnits).toBe(3);
  });

  it.for([{}, { results: [{}] }, { results: [{ index: 0 }] }])('of %j are none', (answer) => {
    expect(failure(() => decode(answer))).toBe('upstream_invalid_response');
  });
});

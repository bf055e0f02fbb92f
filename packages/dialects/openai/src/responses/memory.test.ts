import type {
  CallMemory,
  JsonObject,
  RecalledCall,
  RecallingCall,
  ResponseRecord,
  ResponseRepository,
} from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { BackgroundResponses } from './background/background-responses.js';
import { createResponseMemory } from './memory.js';

const DAY = 86_400_000;

function setUp() {
  const records = new Map<string, ResponseRecord>();
  const swept: number[] = [];
  const errors: unknown[] = [];
  const repository: ResponseRepository = {
    put: (record) => void records.set(`${record.tenant} ${record.id}`, record),
    find: (tenant, id) => records.get(`${tenant} ${id}`),
    delete: (tenant, id) => records.delete(`${tenant} ${id}`),
    sweep: (nowMs) => void swept.push(nowMs),
  };
  const clock = createManualClock();
  const onError = (cause: unknown): void => void errors.push(cause);
  const limits = { backgroundPerKey: 1, backgroundTotal: 2 };
  const background = new BackgroundResponses({ repository, clock, limits, onError });
  const memory = createResponseMemory({ repository, clock, background, onError });
  return { memory, background, repository, records, swept, errors, clock };
}

const call: RecallingCall = { tenant: 'a', keyId: 'k', answerId: 'x', bytes: Buffer.from('{}') };
const recall = (memory: CallMemory, body: JsonObject, tenant = 'a'): RecalledCall =>
  memory.recall(body, { ...call, tenant });
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  output: [{ type: 'message', role: 'assistant', content: 'Hello' }],
};
const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

describe('the memory of responses', () => {
  it('puts the earlier turn before the new one', () => {
    const { memory } = setUp();
    recall(memory, { model: 'm', input: 'Hi' }).keep?.(JSON.stringify(RESPONSE), 'openai');
    const next = recall(memory, { model: 'm', input: 'Go on', previous_response_id: 'resp_1' });
    expect(next).toMatchObject({
      onlyAt: 'openai',
      body: { input: [{ role: 'user', content: 'Hi' }, ...RESPONSE.output, { role: 'user', content: 'Go on' }] },
    });
  });

  it('keeps every turn of a long conversation', () => {
    const { memory } = setUp();
    recall(memory, { input: 'a' }).keep?.(JSON.stringify(RESPONSE), 'p');
    const second = recall(memory, { input: 'b', previous_response_id: 'resp_1' });
    second.keep?.(Buffer.from(JSON.stringify({ ...RESPONSE, id: 'resp_2' })), 'q');
    const third = recall(memory, { input: 'c', previous_response_id: 'resp_2' });
    expect((third.body as { readonly input: readonly JsonObject[] }).input.map(({ content }) => content)).toEqual([
      'a',
      'Hello',
      'b',
      'Hello',
      'c',
    ]);
    expect(third.onlyAt).toBe('q');
  });

  it('takes the last event of a stream, however the frames come', () => {
    const { memory, records } = setUp();
    const { keep } = recall(memory, { input: 'Hi', stream: true });
    keep?.(Buffer.from(event('response.created', { response: { id: 'resp_1' } })), 'p');
    keep?.(Buffer.from(event('response.output_text.delta', { delta: 'event: response.completed' })), 'p');
    expect(records.size).toBe(0);
    keep?.(
      Buffer.from(event('response.output_text.done', {}) + event('response.completed', { response: RESPONSE })),
      'p',
    );
    expect(records.get('a resp_1')?.response).toEqual(RESPONSE);
  });

  it('keeps nothing of a stream that was cut', () => {
    const { memory, records } = setUp();
    recall(memory, { input: 'Hi', stream: true }).keep?.(Buffer.from(event('error', { response: RESPONSE })), 'p');
    expect(records.size).toBe(0);
  });

  it('keeps nothing where the caller wants nothing stored', () => {
    const { memory } = setUp();
    expect(recall(memory, { input: 'Hi', store: false })).toEqual({ body: { input: 'Hi', store: false } });
  });

  it("does not find another tenant's answers", () => {
    const { memory } = setUp();
    recall(memory, { input: 'Hi' }).keep?.(JSON.stringify(RESPONSE), 'p');
    expect(() => recall(memory, { input: 'x', previous_response_id: 'resp_1' }, 'b')).toThrow(
      expect.objectContaining({ code: 'not_found', details: { param: 'previous_response_id' } }),
    );
  });

  it('forgets after thirty days', () => {
    const { memory, records, clock } = setUp();
    recall(memory, { input: 'Hi' }).keep?.(JSON.stringify(RESPONSE), 'p');
    expect(records.get('a resp_1')?.expiresAtMs).toBe(clock.now() + 30 * DAY);
  });

  it('sweeps once an hour at most', () => {
    const { memory, swept, clock } = setUp();
    recall(memory, { input: 'a' });
    recall(memory, { input: 'b' });
    clock.advance(3_600_000);
    recall(memory, { input: 'c' });
    expect(swept).toHaveLength(2);
  });

  it('lets an answer go out that it could not keep', () => {
    const { memory, repository, errors } = setUp();
    repository.put = () => {
      throw new Error('disk full');
    };
    recall(memory, { input: 'Hi' }).keep?.(JSON.stringify(RESPONSE), 'p');
    expect(errors).toHaveLength(1);
  });

  it('sends a response to the background as a stream, with what was said before', () => {
    const { memory } = setUp();
    recall(memory, { input: 'Hi' }).keep?.(JSON.stringify(RESPONSE), 'openai');
    const bytes = Buffer.from('{"model":"m" , "background":true,"input":"Go on","previous_response_id":"resp_1"}');
    const body = JSON.parse(bytes.toString()) as JsonObject;
    const recalled = memory.recall(body, { ...call, bytes });
    expect(recalled.bytes?.toString()).toBe(
      '{"stream":true,"model":"m" , "input":"Go on","previous_response_id":"resp_1"}',
    );
    const input = [{ role: 'user', content: 'Hi' }, ...RESPONSE.output, { role: 'user', content: 'Go on' }];
    expect(recalled.body).toEqual({ model: 'm', input, previous_response_id: 'resp_1', stream: true });
    expect([recalled.onlyAt, recalled.keep, recalled.detached?.signal.aborted]).toEqual(['openai', undefined, false]);
  });

  it('sends nothing to the background that nobody could read later', () => {
    const { memory } = setUp();
    expect(() => recall(memory, { input: 'Hi', background: true, store: false })).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'background' } }),
    );
  });

  it('does not go on from what is not complete', () => {
    const { memory } = setUp();
    recall(memory, { input: 'Hi' }).keep?.(JSON.stringify({ ...RESPONSE, status: 'in_progress' }), 'p');
    expect(() => recall(memory, { input: 'x', previous_response_id: 'resp_1' })).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'previous_response_id' } }),
    );
  });

  it('leaves a body that is no object to the checks', () => {
    expect(setUp().memory.recall([], call)).toEqual({ body: [] });
  });
});

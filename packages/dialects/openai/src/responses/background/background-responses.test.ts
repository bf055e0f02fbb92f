import { gatewayError } from '@sluice/contract';
import type { DetachedAnswer, JsonObject, RecallingCall, ResponseRecord, ResponseRepository } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { BackgroundResponses } from './background-responses.js';

const CALL: RecallingCall = { tenant: 't', keyId: 'k', answerId: 'x', bytes: Buffer.from('{}') };
const RECORD = { tenant: 't', id: 'resp_x' };
const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 7, ...fields })}\n\n`;
const MESSAGE = { id: 'msg_1', type: 'message', content: [] };
const WHOLE = event('response.completed', { response: { id: 'resp_theirs', status: 'completed', output: [MESSAGE] } });

function setUp(limits = { backgroundPerKey: 2, backgroundTotal: 3 }) {
  const records = new Map<string, ResponseRecord>();
  const errors: unknown[] = [];
  const repository: ResponseRepository = {
    put: (record) => void records.set(record.id, record),
    find: (_, id) => records.get(id),
    delete: (_, id) => records.delete(id),
    sweep: () => undefined,
  };
  const clock = createManualClock();
  const responses = new BackgroundResponses({ repository, clock, limits, onError: (cause) => void errors.push(cause) });
  const prepare = (wire: JsonObject = {}, call: Partial<RecallingCall> = {}) =>
    responses.prepare(
      { wire: { model: 'm', background: true, ...wire }, input: [], ttlMs: 1_000 },
      { ...CALL, ...call },
    );
  const stored = (): ResponseRecord => records.get('resp_x') as ResponseRecord;
  return { responses, records, errors, clock, prepare, stored, repository };
}

/** An answer whose pieces the test hands out. */
function answering() {
  const { readable, writable } = new TransformStream<string, string>();
  const source = writable.getWriter();
  const chunks = readable as unknown as AsyncIterable<string, undefined>;
  const answer: DetachedAnswer = { kind: 'stream', chunks };
  return {
    work: () => Promise.resolve(answer),
    give: (piece: string) => source.write(piece),
    end: () => source.close(),
  };
}
const plain =
  (body: object): (() => Promise<DetachedAnswer>) =>
  () =>
    Promise.resolve({ kind: 'plain', status: 500, body: JSON.stringify(body) });
const dataOf = (frame: string): JsonObject => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)) as JsonObject;

async function readAll(frames: AsyncIterable<string>): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  for await (const frame of frames) all.push(dataOf(frame));
  return all;
}

describe('a response in the background', () => {
  it('is queued, in progress and completed under its own id', async () => {
    const { responses, prepare, stored } = setUp();
    const { work, give, end } = answering();
    const queued = JSON.parse(prepare().begin(work) as string) as JsonObject;
    expect([queued, stored().response]).toMatchObject([{ id: 'resp_x', status: 'queued' }, { status: 'queued' }]);
    await give(event('response.created', { response: { id: 'resp_theirs', status: 'in_progress', output: [] } }));
    await give(event('response.in_progress', { response: { id: 'resp_theirs', status: 'in_progress', output: [] } }));
    await give(event('response.output_item.done', { item: MESSAGE, output_index: 0 }));
    await give(': comment\n\n');
    expect(responses.current(stored())).toMatchObject({ id: 'resp_x', status: 'in_progress', output: [MESSAGE] });
    await give(WHOLE);
    await end();
    await responses.idle();
    expect(stored()).toMatchObject({
      provider: '',
      response: { id: 'resp_x', status: 'completed', background: true, output: [MESSAGE] },
    });
    expect(responses.current(stored())).toEqual(stored().response);
  });

  it.for([
    [{ type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'slow' }, 'rate_limit_exceeded'],
    [{ type: 'invalid_request_error', code: 'context_length_exceeded', message: 'long' }, 'invalid_prompt'],
    [{ type: 'upstream_error', code: 'upstream_timeout', message: 'late' }, 'server_error'],
  ] as const)('that is answered with %j has failed', async ([error, code]) => {
    const { responses, prepare, stored } = setUp();
    prepare().begin(plain({ error }));
    await responses.idle();
    expect(stored().response).toMatchObject({ status: 'failed', error: { code, message: error.message } });
  });

  it.for([
    ['an error event', event('error', { error: { type: 'server_error', message: 'no' } }), 'no'],
    ['nothing', '', 'The response broke off.'],
  ] as const)('whose stream ends with %s has failed', async ([_, last, message]) => {
    const { responses, prepare, stored } = setUp();
    const { work, give, end } = answering();
    prepare().begin(work);
    if (last !== '') await give(last);
    await end();
    await responses.idle();
    expect(stored().response).toMatchObject({ status: 'failed', error: { code: 'server_error', message } });
  });

  it('that cannot be read has failed, and is told of', async () => {
    const { responses, prepare, stored, errors } = setUp();
    prepare().begin(() => Promise.reject(new Error('broken')));
    await responses.idle();
    expect([stored().response.status, errors]).toMatchObject(['failed', [{ message: 'broken' }]]);
  });

  it('that cannot be stored does not begin', async () => {
    const { responses, prepare, repository } = setUp();
    repository.put = () => {
      throw gatewayError('storage_unavailable');
    };
    let begun = false;
    const work = (): Promise<DetachedAnswer> => {
      begun = true;
      return plain({})();
    };
    expect(() => prepare().begin(work)).toThrow(expect.objectContaining({ code: 'storage_unavailable' }));
    await responses.idle();
    expect(begun).toBe(false);
  });

  it('that was under way when its process ended has failed', () => {
    const { responses, prepare, stored } = setUp();
    prepare().begin(answering().work);
    const { responses: next } = setUp();
    expect(next.current(stored())).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
    expect(responses.current(stored())).toMatchObject({ status: 'queued' });
  });
});

describe('what ends a response', () => {
  const running = (wire: JsonObject = {}) => {
    const bench = setUp();
    const { work, give, end } = answering();
    const detached = bench.prepare(wire);
    const told = detached.begin(work);
    detached.signal.addEventListener('abort', () => void end());
    return { ...bench, detached, told, give };
  };

  it('is its caller, who gets it back when the call is over', async () => {
    const { responses, stored, detached } = running();
    expect(await responses.cancel(stored())).toMatchObject({ id: 'resp_x', status: 'cancelled' });
    expect([stored().response.status, detached.signal.reason]).toMatchObject([
      'cancelled',
      { code: 'client_closed_request' },
    ]);
    expect(await responses.cancel(stored())).toMatchObject({ status: 'cancelled' });
  });

  it('is not its caller where it is not in the background', async () => {
    const { responses, stored } = running();
    const record = { ...stored(), response: { ...stored().response, background: false } };
    await expect(responses.cancel(record)).rejects.toMatchObject({ code: 'invalid_value' });
  });

  it('is the deletion of it, after which nothing is stored', async () => {
    const { responses, records } = running();
    records.clear();
    responses.forget(RECORD);
    await responses.idle();
    expect(records.size).toBe(0);
  });

  it('is the stop of the gateway', async () => {
    const { responses, stored, detached } = running();
    responses.stop(gatewayError('draining'));
    await responses.idle();
    expect([stored().response.status, detached.signal.reason]).toMatchObject(['failed', { code: 'draining' }]);
  });

  it('counts once', async () => {
    const { responses, stored, give } = running();
    await give(WHOLE);
    await responses.cancel(stored());
    expect(stored().response.status).toBe('completed');
  });
});

describe('room', () => {
  it('is limited for each key', () => {
    const { prepare } = setUp({ backgroundPerKey: 1, backgroundTotal: 9 });
    prepare({}, { answerId: 'first' }).begin(answering().work);
    expect(() => prepare().begin(answering().work)).toThrow(
      expect.objectContaining({ code: 'concurrency_limit_exceeded' }),
    );
    expect(() => prepare({}, { keyId: 'other' }).begin(answering().work)).not.toThrow();
  });

  it('may be none', () => {
    const { prepare } = setUp({ backgroundPerKey: 0, backgroundTotal: 9 });
    expect(() => prepare().begin(answering().work)).toThrow(
      expect.objectContaining({ code: 'concurrency_limit_exceeded' }),
    );
  });

  it('is limited for all keys together', async () => {
    const { prepare, responses } = setUp({ backgroundPerKey: 9, backgroundTotal: 1 });
    const first = answering();
    prepare({}, { answerId: 'first' }).begin(first.work);
    const begin = () => prepare({}, { keyId: 'other' }).begin(answering().work);
    expect(begin).toThrow(expect.objectContaining({ code: 'concurrency_limit_exceeded' }));
    await first.end();
    await responses.idle();
    expect(begin).not.toThrow();
  });
});

describe('the events of a response', () => {
  const streamed = () => {
    const bench = setUp();
    const source = answering();
    return { ...bench, ...source, told: bench.prepare({ stream: true }).begin(source.work) as AsyncIterable<string> };
  };

  it('are numbered from its queue to its end, and none is told twice', async () => {
    const { give, end, told } = streamed();
    await give(event('response.created', { response: { id: 'resp_theirs' } }));
    await give(event('response.output_text.delta', { delta: 'Hi' }));
    await give(WHOLE);
    await give(event('response.output_text.delta', { delta: 'behind the end' }));
    await end();
    const events = await readAll(told);
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.output_text.delta',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number: order }) => order)).toEqual([0, 1, 2, 3]);
    expect(events.at(-1)).toMatchObject({ response: { id: 'resp_x', background: true } });
  });

  it('can be followed for a while when it is over', async () => {
    const { give, end, responses, stored, clock } = streamed();
    await give(WHOLE);
    await end();
    await responses.idle();
    expect(await readAll(responses.follow(stored(), 1))).toMatchObject([{ type: 'response.completed' }]);
    clock.advance(300_000);
    expect(() => responses.follow(stored(), 1)).toThrow(expect.objectContaining({ details: { param: 'stream' } }));
  });

  it('are not kept where nobody asked for them', () => {
    const { prepare, responses, stored } = setUp();
    prepare().begin(answering().work);
    expect(() => responses.follow(stored(), -1)).toThrow(expect.objectContaining({ code: 'invalid_value' }));
  });
});

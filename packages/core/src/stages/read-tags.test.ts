import { describe, expect, it } from 'vitest';
import { PRINCIPAL } from '../__fixtures__/bench.js';
import { ask, fastBench } from '../__fixtures__/fast-bench.js';
import { saying } from '../__fixtures__/scripted-transport.js';
import { readTags } from './read-tags.js';

type Asked = Parameters<typeof readTags>[0];

describe('the tags of a request', () => {
  it.each<readonly [string, Asked, readonly string[] | undefined]>([
    ['none', { headers: {} }, undefined],
    ['of the header', { headers: { 'x-sluice-tags': ' eu , batch,,' } }, ['eu', 'batch']],
    ['of the body', { headers: {}, wishes: { tags: ['a,b'] } }, ['a,b']],
    [
      'of both, each once',
      { headers: { 'x-sluice-tags': ['eu', 'x,eu'] }, wishes: { tags: ['x', 'y'] } },
      ['eu', 'x', 'y'],
    ],
    ['nothing but commas', { headers: { 'x-sluice-tags': ',' }, wishes: { tags: [''] } }, undefined],
  ])('%s', (_, asked, read) => {
    expect(readTags(asked)).toEqual(read);
  });

  it('are labels: few, short, of one line', () => {
    const many = Array.from({ length: 33 }, (_, n) => `t${n}`);
    const wrong = (param: string): unknown => expect.objectContaining({ code: 'invalid_value', details: { param } });
    expect(() => readTags({ headers: { 'x-sluice-tags': many.join() } })).toThrow(wrong('x-sluice-tags'));
    for (const tags of [many, ['x'.repeat(129)], ['a\nb'], ['\u0085']]) {
      expect(() => readTags({ headers: {}, wishes: { tags } })).toThrow(wrong('metadata.tags'));
    }
    expect(readTags({ headers: {}, wishes: { tags: many.slice(1) } })).toHaveLength(32);
  });

  it('stand in its row with whom it was for, and go to no provider', async () => {
    const bench = fastBench([saying('hello')], { provider: { passes: true } });
    const principal = { ...PRINCIPAL, team: 'search', user: 'user_1' };
    const headers = { 'x-sluice-tags': 'eu' };
    await bench.call({ ...ask, user: 'ann', metadata: { tags: ['batch'] } }, { headers, principal });
    const whose = { keyId: 'k1', keyName: 'tests', tenant: 't1', team: 'search', user: 'user_1', endUser: 'ann' };
    expect(bench.seen.intents).toMatchObject([{ ...whose, tags: ['eu', 'batch'] }]);
    expect(bench.seen.records).toMatchObject([{ ...whose, tags: ['eu', 'batch'] }]);
    const [sent] = bench.transport.requests;
    expect(JSON.parse(Buffer.from(sent?.body as Uint8Array).toString())).not.toHaveProperty('metadata');
    expect(Object.keys(sent?.headers ?? {}).filter((name) => name.includes('tags'))).toEqual([]);
  });
});

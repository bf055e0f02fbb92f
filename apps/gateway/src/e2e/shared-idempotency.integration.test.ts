import { REDIS_PASSWORD, describeWithPostgres, describeWithRedis } from '@sluice/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startGatedUpstream } from './__fixtures__/gated-upstream.js';
import type { GatedUpstream } from './__fixtures__/gated-upstream.js';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { codeOf } from './__fixtures__/read-answers.js';

const PATH = '/v1/chat/completions';
const CHAT = { model: 'up/m', messages: [{ role: 'user', content: 'Hello' }] };
const message = { role: 'assistant', content: 'Hi' };
// Spaces that no writer of ours would make: what comes again is these bytes.
const ANSWERED = `{ "id":"c1", "object":"chat.completion","created":1,"model":"m",
  "choices":${JSON.stringify([{ index: 0, message, finish_reason: 'stop' }])} }`;
const LEASE_PASSES = `for _, key in ipairs(redis.call('KEYS', 'sluice:claims::*')) do
  redis.call('PEXPIRE', key, redis.call('PTTL', key) - 30000)
end`;
const patient = { timeout: 20_000, interval: 20 };

const isAgain = ({ headers }: Response): boolean => headers.get('idempotent-replayed') === 'true';

describeWithPostgres('an Idempotency-Key that comes to two gateways', (postgres) => {
  describeWithRedis('with one Redis server', (redis) => {
    let [upstream, slow] = [] as unknown as [GatedUpstream, GatedUpstream];
    let [one, two] = [] as unknown as [ProcessGateway, ProcessGateway];
    /** Callers are the same for both: keys are in PostgreSQL. */
    const ask = (
      gateway: ProcessGateway,
      key: string,
      { body = CHAT, caller = one.key }: Asked = {},
    ): Promise<Response> =>
      gateway.call(PATH, body, {
        headers: { authorization: `Bearer ${caller}`, 'content-type': 'application/json', 'idempotency-key': key },
      });
    const start = async (database: string, onStoreFailure: 'reject' | 'local'): Promise<ProcessGateway> => {
      const gateway = await startGatewayProcess(
        {
          providers: {
            up: { kind: 'openai-compatible', baseUrl: upstream.url },
            slow: { kind: 'openai-compatible', baseUrl: slow.url },
          },
          // A machine that runs many tests at once is slow, which is no fault of the server.
          limits: { storeTimeoutMs: 5_000 },
          idempotency: { onStoreFailure },
        },
        { env: { REDIS_URL: redis.server.url, DATABASE_URL: database } },
      );
      return { ...gateway, secrets: [gateway.key, gateway.adminKey, REDIS_PASSWORD] };
    };
    beforeAll(async () => {
      upstream = await startGatedUpstream(ANSWERED);
      slow = await startGatedUpstream(ANSWERED);
      const database = await postgres.server.createDatabase();
      one = await start(database, 'reject');
      two = await start(database, 'local');
      await vi.waitFor(async () => {
        if ((await ask(two, '')).status === 401) throw new Error('The caller is not known to both yet.');
      }, patient);
    });
    afterAll(async () => {
      await one.close();
      await two.close();
      await upstream[Symbol.asyncDispose]();
      await slow[Symbol.asyncDispose]();
    });

    it('is 409 at the other while one answers, 422 for something else, and then the same bytes at both', async () => {
      const first = ask(one, 'k');
      await expect.poll(() => upstream.asked, patient).toBe(1);
      const meanwhile = await ask(two, 'k');
      expect([meanwhile.status, await codeOf(meanwhile)]).toEqual([409, 'idempotency_in_progress']);
      const changed = { body: { ...CHAT, temperature: 0 } };
      expect((await ask(two, 'k', changed)).status).toBe(422);
      upstream.open();
      expect([(await first).status, await (await first).text()]).toEqual([200, ANSWERED]);
      const again = await Promise.all([ask(two, 'k'), ask(one, 'k')]);
      expect(again.map(isAgain)).toEqual([true, true]);
      expect(await again[0]?.text()).toBe(ANSWERED);
      expect((await ask(two, 'k', changed)).status).toBe(422);
      expect(upstream.asked).toBe(1);
    });

    it('is carried out once of 50 that come at once', async () => {
      const { asked } = upstream;
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => ask(index % 2 === 0 ? one : two, 'raced')),
      );
      const fresh = answers.filter((answer) => answer.status === 200 && !isAgain(answer));
      expect([fresh.length, upstream.asked - asked]).toEqual([1, 1]);
      expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    });

    it('says nothing to another caller', async () => {
      const caller = await one.createKey({ name: 'other' });
      await expect.poll(async () => (await ask(two, 'k', { caller })).status, patient).toBe(200);
      expect(isAgain(await ask(two, 'k', { caller }))).toBe(true);
      const { asked } = upstream;
      expect(isAgain(await ask(two, 'fresh', { caller }))).toBe(false);
      expect(isAgain(await ask(one, 'fresh'))).toBe(false);
      expect(upstream.asked - asked).toBe(2);
    });

    it('is refused under reject while Redis is killed, and goes by what the machine knows under local', async () => {
      expect(isAgain(await ask(two, 'before'))).toBe(false);
      await redis.server.kill();
      const refused = await ask(one, 'k');
      expect([refused.status, await codeOf(refused)]).toEqual([503, 'storage_unavailable']);
      expect(isAgain(await ask(two, 'before'))).toBe(true);
      expect(isAgain(await ask(two, 'away'))).toBe(false);
      expect(isAgain(await ask(two, 'away'))).toBe(true);
      await redis.server.start();
      await expect.poll(async () => (await ask(one, 'back')).status, patient).toBe(200);
      await expect.poll(async () => isAgain(await ask(two, 'back')), patient).toBe(true);
    });

    it('goes by what the machine knows under local where an ACL forbids it, and that is told once with the reason', async () => {
      const linesWith = (...words: readonly string[]): readonly string[] =>
        (two.sluice.output.stdout + two.sluice.output.stderr)
          .split('\n')
          .filter((line) => words.every((word) => line.includes(word)));
      const told = (): readonly string[] => linesWith('idempotency store failed', 'NOPERM');
      let fresh = 0;
      const isShared = async (): Promise<boolean> => {
        const key = `there ${(fresh += 1)}`;
        await ask(one, key);
        return isAgain(await ask(two, key));
      };
      await expect.poll(isShared, patient).toBe(true);
      await redis.server.command('ACL', 'SETUSER', 'default', 'resetkeys', '~sluice:{counters}*', '~sluice:entries*');
      try {
        expect((await ask(one, 'forbidden')).status).toBe(503);
        expect([isAgain(await ask(two, 'forbidden')), isAgain(await ask(two, 'forbidden'))]).toEqual([false, true]);
        expect(isAgain(await ask(two, 'forbidden too'))).toBe(false);
        await expect.poll(told, patient).toHaveLength(1);
        const last = await ask(two, 'forbidden still');
        expect(isAgain(last)).toBe(false);
        // Whatever was told on account of it stands before its own line.
        const id = last.headers.get('x-request-id') ?? 'none';
        await expect.poll(() => linesWith('"msg":"request"', id), patient).toHaveLength(1);
        expect(told()).toHaveLength(1);
      } finally {
        await redis.server.command('ACL', 'SETUSER', 'default', 'allkeys');
      }
      // A server that fails so often in a row is left alone for a moment.
      await expect.poll(isShared, patient).toBe(true);
    });

    it('is free again when the lease of a gateway that was killed is over', async () => {
      const body = { ...CHAT, model: 'slow/m' };
      const lost = ask(one, 'dies', { body }).catch(() => undefined);
      await expect.poll(() => slow.asked, patient).toBe(1);
      await one.sluice.stop('SIGKILL');
      await lost;
      expect((await ask(two, 'dies', { body })).status).toBe(409);
      // What stands in for the 30 s of the lease; a longer one would be left.
      await redis.server.command('EVAL', LEASE_PASSES, '0');
      slow.open();
      const next = await ask(two, 'dies', { body });
      expect([next.status, isAgain(next), slow.asked]).toEqual([200, false, 2]);
    });
  });
});

interface Asked {
  readonly body?: object;
  readonly caller?: string;
}

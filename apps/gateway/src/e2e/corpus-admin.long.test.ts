import { Agent, request } from 'node:http';
import { expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

it('J-44: keys that are made one by one are limited to a thousand in a minute; everything else goes on', async () => {
  await using own = await startGateway();
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const headers = { authorization: `Bearer ${own.adminKey}`, 'content-type': 'application/json' };
  const create = (index: number): Promise<string> =>
    new Promise((resolve, reject) => {
      request(`${own.url}/admin/v1/keys`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().on('end', () => resolve(`${answer.statusCode} ${Number(answer.headers['retry-after']) >= 1}`));
      })
        .on('error', reject)
        .end(JSON.stringify({ name: `k${index}` }));
    });
  const list = async (): Promise<number> => {
    const answer = await fetch(`${own.url}/admin/v1/keys`, { headers });
    return ((await answer.json()) as { readonly data: readonly unknown[] }).data.length;
  };
  const before = await list();
  let made = 0;
  let last = '';
  while (last !== '429 true' && made < 10_000) {
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => create(index)));
    last = outcomes.find((outcome) => outcome !== '201 false') ?? '';
    made += outcomes.filter((outcome) => outcome === '201 false').length;
  }
  agent.destroy();
  expect([last, (await list()) - before]).toEqual(['429 true', made]);
  expect((await fetch(`${own.url}/v1/models`, { headers: { 'x-api-key': own.key } })).status).toBe(200);
});

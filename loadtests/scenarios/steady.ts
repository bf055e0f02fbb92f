import { check } from 'k6';
import http from 'k6/http';
import type { Options } from 'k6/options';

const url = `${__ENV['SLUICE_URL']}/v1/chat/completions`;
const model = __ENV['SLUICE_MODEL'] ?? 'sim/echo';
const headers = { 'content-type': 'application/json', authorization: `Bearer ${__ENV['SLUICE_KEY']}` };
const messages = [{ role: 'user', content: 'The quick brown fox jumps over the lazy dog.' }];

/** Arrivals keep their pace whatever the gateway does: a slow answer makes callers queue, as it does in life. */
const arrivals = (exec: string, rate: number): NonNullable<Options['scenarios']>[string] => ({
  executor: 'constant-arrival-rate',
  exec,
  rate,
  timeUnit: '1s',
  duration: __ENV['DURATION'] ?? '10s',
  preAllocatedVUs: rate,
});

export const options: Options = {
  scenarios: { plain: arrivals('plain', 50), stream: arrivals('stream', 10) },
  thresholds: (JSON.parse(open('../budgets.json')) as { steady: NonNullable<Options['thresholds']> }).steady,
};

export function plain(): void {
  const answer = http.post(url, JSON.stringify({ model, messages }), { headers, tags: { kind: 'plain' } });
  check(answer, {
    'a plain chat is answered': ({ status }) => status === 200,
    'a plain chat has content': (each) => each.json('choices.0.message.content') !== '',
  });
}

export function stream(): void {
  const body = JSON.stringify({ model, messages, stream: true });
  const answer = http.post(url, body, { headers, tags: { kind: 'stream' } });
  check(answer, {
    'a stream is answered': ({ status }) => status === 200,
    'a stream ends as it should': ({ body: text }) =>
      typeof text === 'string' && text.trimEnd().endsWith('data: [DONE]'),
  });
}

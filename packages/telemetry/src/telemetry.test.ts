import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@sluice/testkit';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { telemetrySettings } from './settings.js';
import { createTelemetry } from './telemetry.js';
import type { ProcessTelemetry } from './telemetry.js';
import { parseExposition } from './testing/parse-exposition.js';
import { sampleRecord, unservedRecord } from './testing/sample-record.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-telemetry-'));
afterAll(() => rmSync(folder, { recursive: true }));

let logs = 0;
const running: ProcessTelemetry[] = [];
afterEach(() => Promise.all(running.splice(0).map((telemetry) => telemetry.close())));
const start = (settings: unknown = {}) => {
  const path = join(folder, `log-${(logs += 1)}`);
  const telemetry = createTelemetry(telemetrySettings.parse(settings), {
    clock: createManualClock(),
    fd: openSync(path, 'a'),
  });
  running.push(telemetry);
  const lines = async (): Promise<string[]> => {
    await telemetry.close();
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  };
  return { telemetry, lines };
};
const scrape = async (telemetry: ProcessTelemetry) => parseExposition((await telemetry.metrics()).text);
const CHAT = 'route="/v1/chat/completions"';
const TARGET = 'provider="openai",model="gpt-5-mini"';

describe('createTelemetry', () => {
  it('writes one line for a request', async () => {
    const { telemetry, lines } = start();
    telemetry.settled(sampleRecord());
    expect((await lines()).map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['request']);
  });

  it('writes requests from its level upwards only', async () => {
    const { telemetry, lines } = start({ logs: { level: 'warn' } });
    for (const status of [200, 404, 502]) telemetry.settled(sampleRecord({ status }));
    expect(await lines()).toHaveLength(2);
  });

  it('changes its level for requests and messages alike', async () => {
    const { telemetry, lines } = start({ logs: { level: 'error' } });
    telemetry.settled(sampleRecord());
    telemetry.log.info('lost');
    telemetry.setLevel('info');
    telemetry.settled(sampleRecord());
    telemetry.log.info('kept');
    const messages = (await lines()).map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(['request', 'kept']);
  });

  it('writes process messages between the requests, in order', async () => {
    const { telemetry, lines } = start();
    telemetry.settled(sampleRecord());
    telemetry.log.info('reloaded');
    telemetry.settled(sampleRecord());
    const messages = (await lines()).map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(['request', 'reloaded', 'request']);
  });

  it('goes on and counts when its lines cannot be written', async () => {
    const fd = openSync('/dev/full', 'w');
    const telemetry = createTelemetry(telemetrySettings.parse({}), { clock: createManualClock(), fd });
    telemetry.settled(sampleRecord());
    await telemetry.close();
    expect((await scrape(telemetry)).get('sluice_log_dropped_total')).toBe(1);
  });
});

describe('metrics', () => {
  it('counts a request under its route, target and status', async () => {
    const { telemetry } = start();
    telemetry.settled(sampleRecord());
    telemetry.settled(sampleRecord());
    expect((await scrape(telemetry)).get(`sluice_requests_total{${CHAT},${TARGET},status="200"}`)).toBe(2);
  });

  it('adds up tokens and cost of a target over all statuses', async () => {
    const { telemetry } = start();
    telemetry.settled(sampleRecord({ costMicroUsd: 1_500_000 }));
    telemetry.settled(sampleRecord({ costMicroUsd: 500_000, status: 499 }));
    const samples = await scrape(telemetry);
    const tokens = ['input', 'output', 'cached'].map((type) =>
      samples.get(`sluice_tokens_total{${TARGET},type="${type}"}`),
    );
    expect([...tokens, samples.get(`sluice_cost_usd_total{${TARGET}}`)]).toEqual([40, 10, 8, 2]);
  });

  it('shows requests under way until they settle', async () => {
    const { telemetry } = start();
    telemetry.opened('/v1/chat/completions');
    telemetry.opened('/v1/chat/completions');
    telemetry.settled(sampleRecord());
    expect((await scrape(telemetry)).get(`sluice_in_flight_requests{${CHAT}}`)).toBe(1);
  });

  it.each([
    ['le="0.01"', 0],
    ['le="0.025"', 1],
    ['le="600"', 2],
    ['le="+Inf"', 3],
  ])('fills the duration bucket %s with %d of 20 ms, 2 s and 1000 s', async (bucket, count) => {
    const { telemetry } = start();
    for (const durationMs of [20, 2_000, 1_000_000]) telemetry.settled(sampleRecord({ durationMs }));
    const series = `sluice_request_duration_seconds_bucket{${CHAT},provider="openai",${bucket}}`;
    expect((await scrape(telemetry)).get(series)).toBe(count);
  });

  it('gives sum and count of the time to the first token and of the overhead in seconds', async () => {
    const { telemetry } = start();
    telemetry.settled(sampleRecord({ firstTokenMs: 250, overheadMs: 0.5 }));
    const samples = await scrape(telemetry);
    expect([
      samples.get('sluice_time_to_first_token_seconds_sum{provider="openai"}'),
      samples.get('sluice_time_to_first_token_seconds_count{provider="openai"}'),
      samples.get(`sluice_overhead_seconds_sum{${CHAT}}`),
    ]).toEqual([0.25, 1, 0.0005]);
  });

  it('tells moves to another target from further tries at the same', async () => {
    const { telemetry } = start();
    const attempt = (provider: string) => ({ provider, model: 'm', durationMs: 1 });
    telemetry.settled(sampleRecord({ attempts: ['a', 'a', 'b', 'c'].map(attempt) }));
    const samples = await scrape(telemetry);
    expect([samples.get('sluice_retries_total'), samples.get('sluice_failovers_total')]).toEqual([1, 2]);
  });

  it('counts what the cache did', async () => {
    const { telemetry } = start();
    telemetry.settled(sampleRecord({ cache: 'hit' }));
    expect((await scrape(telemetry)).get('sluice_cache_requests_total{state="hit"}')).toBe(1);
  });

  it('counts a request that no target served', async () => {
    const { telemetry } = start();
    telemetry.settled(unservedRecord());
    const series = `sluice_requests_total{${CHAT},provider="",model="",status="404"}`;
    expect((await scrape(telemetry)).get(series)).toBe(1);
  });

  it('gives 1,000 targets a label of their own and lets the rest share one', async () => {
    const { telemetry } = start();
    for (let i = 0; i < 1_500; i += 1) telemetry.settled(sampleRecord({ model: `m${i}` }));
    const requests = [...(await scrape(telemetry))].filter(([series]) => series.startsWith('sluice_requests_total'));
    const other = requests.find(([series]) => series.includes('provider="other",model="other"'));
    expect([requests.length, other?.[1]]).toEqual([1_001, 500]);
  });

  it.each(['a"} 1\nfake_total 99', 'a\\', 'a\r\nb', 'x}{y'])(
    'keeps the model name %j inside its label',
    async (model) => {
      const { telemetry } = start();
      telemetry.settled(sampleRecord({ model }));
      const samples = await scrape(telemetry);
      const names = new Set([...samples.keys()].map((series) => series.replace(/\{.*/, '')));
      expect([...names].filter((name) => !/^(?:sluice|nodejs|process)_/.test(name))).toEqual([]);
    },
  );

  it('reads gauges at the scrape, with labels and without', async () => {
    const { telemetry } = start();
    let state = 0;
    telemetry.gauge('sluice_breaker_state', 'State of a circuit.', () => [[{ target: 'a/b' }, state]]);
    telemetry.gauge('sluice_config_reload_ok', 'Whether the last reload was good.', () => 1);
    state = 2;
    const samples = await scrape(telemetry);
    expect([samples.get('sluice_breaker_state{target="a/b"}'), samples.get('sluice_config_reload_ok')]).toEqual([2, 1]);
  });

  it('reads gauges that belong together off one look at each scrape', async () => {
    const { telemetry } = start();
    let looks = 0;
    telemetry.gauges(
      () => (looks += 1),
      ['sluice_a', 'sluice_b', 'sluice_c'].map((name) => ({ name, help: 'A look.', figureOf: (seen) => seen })),
    );
    for (const scraped of [1, 2]) {
      const samples = await scrape(telemetry);
      expect(['sluice_a', 'sluice_b', 'sluice_c'].map((name) => samples.get(name))).toEqual([
        scraped,
        scraped,
        scraped,
      ]);
    }
  });

  it('adds the figures of the process, of every gateway in it', async () => {
    const both = [start(), start()];
    const samples = await Promise.all(both.map(({ telemetry }) => scrape(telemetry)));
    expect(samples.map((sample) => sample.get('process_resident_memory_bytes'))).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
  });

  it('names the content type of the Prometheus text form', async () => {
    expect((await start().telemetry.metrics()).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('keeps no figures when they are off', async () => {
    const { telemetry } = start({ metrics: { enabled: false } });
    telemetry.opened('/v1/models');
    telemetry.settled(sampleRecord());
    expect((await telemetry.metrics()).text).toBe('');
  });
});

describe('telemetrySettings', () => {
  it('logs from info upwards and keeps figures unless told otherwise', () => {
    expect(telemetrySettings.parse({})).toEqual({ logs: { level: 'info' }, metrics: { enabled: true } });
  });

  it('refuses a key that it does not know', () => {
    expect(telemetrySettings.safeParse({ logs: { levle: 'warn' } }).success).toBe(false);
  });
});

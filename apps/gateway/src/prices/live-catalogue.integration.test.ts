import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogueSourceSettings } from '@sluice/catalogue';
import { createTransport } from '@sluice/transport';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { systemClock } from '../system-clock.js';
import { FAULTS, answering, catalogueWith, startPriceServer } from './__fixtures__/price-server.js';
import { LiveCatalogue } from './live-catalogue.js';

/** In pico-USD, one token in. */
function priceIn({ data }: LiveCatalogue): number | undefined {
  return data.models.find(({ at }) => at['openai']?.includes('gpt-5-mini'))?.prices?.[0]?.picoUsd.input;
}

function open(source: Partial<CatalogueSourceSettings>, folder = temporaryDir(), withinMs = 30_000) {
  const transport = createTransport({ clock: systemClock });
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const onChange = vi.fn();
  const state = { isInForce: true };
  const isInForce = (): boolean => state.isInForce;
  const ports = { clock: systemClock, transport, log };
  const deps = { folder, cwd: folder, withinMs, ...ports, isInForce, onChange, onFailure: vi.fn() };
  const live = new LiveCatalogue({ every: 86_400_000, maxPriceFactor: 5, ...source }, deps);
  onTestFinished(async () => {
    live.stop();
    await transport.close();
  });
  return { live, folder, log, onChange, state };
}

describe('the catalogue of a source', () => {
  it.each(FAULTS)('stays the last good one where it has %s', async (_, fault, reason) => {
    await using server = await startPriceServer(answering(catalogueWith(0.5)));
    const { live, log } = open({ url: server.url });
    expect(await live.refresh()).toEqual({ ok: true, changed: true });
    const { version } = live.state;
    server.behave = fault;
    expect(await live.refresh()).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
    expect([priceIn(live), live.state.version, server.led]).toEqual([500_000, version, 0]);
    expect(live.state.failure?.reason).toContain(reason);
    expect(log.warn).toHaveBeenCalledOnce();
    server.behave = answering(catalogueWith(0.6));
    expect(await live.refresh()).toEqual({ ok: true, changed: true });
    expect([priceIn(live), live.state.failure]).toEqual([600_000, undefined]);
  });

  it('stays the last good one where it never answers, and is not waited for beyond its time', async () => {
    await using server = await startPriceServer(answering(catalogueWith(0.5)));
    const folder = temporaryDir();
    await open({ url: server.url }, folder).live.refresh();
    const { live } = open({ url: server.url }, folder, 300);
    server.behave = () => undefined;
    expect(await live.refresh()).toEqual({ ok: false, reason: 'it did not answer within 0.3 s' });
    server.behave = (res) => void res.writeHead(200).write('{"format"');
    expect(await live.refresh()).toEqual({ ok: false, reason: 'it did not answer within 0.3 s' });
    expect(priceIn(live)).toBe(500_000);
  });

  it('is kept: the next start has it before its source is asked, and where its source is away', async () => {
    const folder = temporaryDir();
    const url = await (async () => {
      await using server = await startPriceServer(answering(catalogueWith(0.5)));
      await open({ url: server.url }, folder).live.refresh();
      return server.url;
    })();
    const { live } = open({ url }, folder);
    expect([priceIn(live), live.state.source]).toEqual([500_000, `${url}/`]);
    expect(await live.refresh()).toMatchObject({ ok: false });
    expect([priceIn(live), typeof live.state.confirmedAtMs]).toEqual([500_000, 'number']);
    const other = open({ url: `${url}/other` }, folder).live;
    expect([priceIn(other), other.state.source]).toEqual([250_000, undefined]);
  });

  it('is that of the release where what was kept is damaged, and that is told', () => {
    const folder = temporaryDir();
    writeFileSync(join(folder, 'catalogue.json'), '{"source"');
    const { live, log } = open({ url: 'http://127.0.0.1:9' }, folder);
    expect([priceIn(live), live.state.failure?.reason]).toEqual([250_000, expect.stringContaining('damaged')]);
    expect(log.warn).toHaveBeenCalledOnce();
  });

  it('keeps what was known of a model that its source has no more, over a restart and until it is there again', async () => {
    const folder = temporaryDir();
    const whole = catalogueWith(0.5);
    const less = { ...whole, models: whole.models.filter(({ at }) => !at['openai']?.includes('gpt-5-mini')) };
    await using server = await startPriceServer(answering(whole));
    const { live } = open({ url: server.url }, folder);
    await live.refresh();
    server.behave = answering(less);
    expect(await live.refresh()).toEqual({ ok: true, changed: true });
    expect([priceIn(live), live.state.gone > 0]).toEqual([500_000, true]);
    expect(await live.refresh()).toEqual({ ok: true, changed: false });
    const { live: next } = open({ url: server.url }, folder);
    expect([priceIn(next), next.state.version, next.state.gone]).toEqual([
      500_000,
      live.state.version,
      live.state.gone,
    ]);
    server.behave = answering(whole);
    expect(await next.refresh()).toEqual({ ok: true, changed: true });
    expect([priceIn(next), next.state.gone]).toEqual([500_000, 0]);
  });

  it('does not take the place of what another source has, after that has replaced it while requests end', async () => {
    const folder = temporaryDir();
    await using server = await startPriceServer(answering(catalogueWith(0.5)));
    await using other = await startPriceServer(answering(catalogueWith(0.6)));
    const { live, state, onChange } = open({ url: server.url }, folder);
    const asked = Promise.withResolvers<() => void>();
    server.behave = (res, req) => asked.resolve(() => answering(catalogueWith(0.7))(res, req));
    const refreshed = live.refresh();
    const answer = await asked.promise;
    state.isInForce = false;
    await open({ url: other.url }, folder).live.refresh();
    answer();
    expect(await refreshed).toEqual({ ok: false, reason: 'another source took its place' });
    expect([priceIn(open({ url: other.url }, folder).live), onChange.mock.calls.length]).toEqual([600_000, 0]);
    server.behave = () => expect.unreachable();
    expect(await live.refresh()).toMatchObject({ ok: false });
  });

  it('is taken with any prices where an operator says so', async () => {
    await using server = await startPriceServer(answering(catalogueWith(50)));
    const { live } = open({ url: server.url });
    expect(await live.refresh()).toMatchObject({ ok: false });
    expect(await live.refresh({ anyPrice: true })).toEqual({ ok: true, changed: true });
    expect(priceIn(live)).toBe(50_000_000);
  });

  it('is read from a file, and stays where that is gone', async () => {
    const folder = temporaryDir();
    const path = join(folder, 'mine.json');
    writeFileSync(path, JSON.stringify(catalogueWith(0.5)));
    const { live, onChange } = open({ file: 'mine.json' }, folder);
    expect([await live.refresh(), await live.refresh()]).toEqual([
      { ok: true, changed: true },
      { ok: true, changed: false },
    ]);
    rmSync(path);
    expect(await live.refresh()).toEqual({ ok: false, reason: 'there is no such file' });
    expect([priceIn(live), onChange.mock.calls.length]).toEqual([500_000, 1]);
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readSnapshot } from '@sluice/catalogue';
import type { CatalogueData } from '@sluice/catalogue';

export type Behaviour = (res: ServerResponse, req: IncomingMessage) => void;

/** A real server that answers as the test says at the moment; `/private` counts who was led there. */
export interface PriceServer extends AsyncDisposable {
  readonly url: string;
  behave: Behaviour;
  led: number;
}

export async function startPriceServer(behave: Behaviour): Promise<PriceServer> {
  const server = createServer((req, res) => {
    if (req.url === '/private') prices.led += 1;
    prices.behave(res, req);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const prices: PriceServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave,
    led: 0,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return prices;
}

/** The catalogue of the release, with what OpenAI's `gpt-5-mini` costs for a million tokens in. */
export function catalogueWith(inputUsd: number): CatalogueData {
  const snapshot = readSnapshot();
  const models = snapshot.models.map((model) => {
    if (!model.at['openai']?.includes('gpt-5-mini')) return model;
    const prices = model.prices?.map((row) =>
      row.tier === undefined ? { ...row, picoUsd: { ...row.picoUsd, input: inputUsd * 1_000_000 } } : row,
    );
    return { ...model, prices };
  });
  return { ...snapshot, models };
}

export const answering =
  (value: unknown): Behaviour =>
  (res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(typeof value === 'string' ? value : JSON.stringify(value));
  };

/** What a source may have instead of a catalogue, and what is said of it. */
export const FAULTS: readonly (readonly [what: string, behave: Behaviour, reason: string])[] = [
  ['an answer of 500', (res) => void res.writeHead(500).end('no'), 'it answered 500'],
  ['broken JSON', answering('{"format": 1, "models": ['), 'it is no JSON'],
  ['bytes that are no text', (res) => void res.end(Buffer.from([0xff, 0xfe])), 'it is not UTF-8 text'],
  ['negative prices', answering(catalogueWith(-1)), 'picoUsd.input'],
  ['a price that jumps', answering(catalogueWith(50)), 'openai/gpt-5-mini'],
  ['next to no models', answering({ ...catalogueWith(1), models: [] }), 'models that are known it has 0'],
  ['100 MB', (res) => pour(res, 104_857_600), ''],
  ['a redirect to a private address', (res) => void res.writeHead(302, { location: '/private' }).end(), 'redirects are not followed'],
  ['a connection that is reset', (res) => void res.socket?.resetAndDestroy(), ''],
  ['an answer that is cut', (res) => void res.writeHead(200, { 'content-length': '999' }).write('{', () => res.destroy()), ''],
];

/** As much as is taken of so many bytes. */
function pour(res: ServerResponse, bytes: number): void {
  const chunk = Buffer.alloc(65_536, ' ');
  let left = bytes;
  const more = (): void => {
    while (left > 0 && !res.destroyed) {
      left -= chunk.length;
      if (!res.write(chunk)) return void res.once('drain', more);
    }
    res.end();
  };
  res.writeHead(200, { 'content-type': 'application/json' });
  more();
}

import type { Principal } from '@sluice/contract';
import { PRINCIPAL } from './bench.js';
import { TOY_RAW, createRawBench } from './raw-bench.js';
import type { RawBench } from './raw-bench.js';
import { saying } from './scripted-transport.js';
import type { Script } from './scripted-transport.js';
import { configured, snapshotOf } from './snapshots.js';
import type { ConfiguredOptions } from './snapshots.js';
import { toyProvider } from './toy-provider.js';

interface Setting {
  readonly principal?: Partial<Principal>;
  readonly options?: ConfiguredOptions;
}

/** The pipeline of raw requests in front of one scripted provider, `a`, which speaks the toy wire. */
export function bench(scripts: readonly Script[], { principal = {}, options }: Setting = {}): RawBench {
  const toy = toyProvider({ passes: true, baseUrl: 'http://upstream.test/v1' });
  const provider = configured('a', { ...toy, raw: TOY_RAW }, options);
  const authenticator = { authenticate: () => Promise.resolve({ ...PRINCIPAL, ...principal }) };
  return createRawBench({ snapshot: snapshotOf([provider]), scripts, ports: { authenticator } });
}

export const ASK = JSON.stringify({ model: 'm', say: 'hi' });
export const ASK_STREAM = JSON.stringify({ model: 'm', stream: true });
export const JSON_HEADERS = { 'content-type': 'application/json' };
export const answering = (text: string): Script => ({ ...saying(text), headers: JSON_HEADERS });

import type { RawApi } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { createRecogniser } from '@sluice/toolkit';
import type { Answer } from '../answer.js';
import { createRawPipeline } from '../raw/raw-pipeline.js';
import type { RawAsked } from '../raw/raw-run.js';
import { SnapshotHolder } from '../snapshot.js';
import { nothingSeen, portsOf } from './bench.js';
import type { Bench, BenchOptions, CallOptions } from './bench.js';
import { scriptedTransport } from './scripted-transport.js';
import { toyDialect } from './toy-dialect.js';

export interface RawBench extends Omit<Bench, 'call'> {
  /** A request to provider `a`; a body makes it a POST of JSON. */
  ask(asked: Partial<RawAsked>, body?: string, options?: CallOptions): Promise<Answer>;
}

/** What a provider of the toy wire says of its addresses. */
export const TOY_RAW: RawApi = {
  headersFor: ({ 'x-toy': toy }) => ({ 'x-account': 'ours', ...(typeof toy === 'string' ? { 'x-toy': toy } : {}) }),
  answerHeaders: ['x-toy-*'],
  recognise: createRecogniser([
    { path: /^chat$/, operation: 'chat', dialect: 'toy' },
    { path: /^models\/(?<model>[^/]+)\/chat$/, operation: 'chat' },
  ]),
};

/** The pipeline of raw requests on ports that remember, in front of scripted providers. */
export function createRawBench({ snapshot, scripts = [], ports: changed = {} }: BenchOptions): RawBench {
  const seen = nothingSeen();
  const clock = createManualClock();
  const transport = scriptedTransport(scripts);
  const openCircuits = new Set<string>();
  const ports = { ...portsOf(seen, { clock, transport, openCircuits }), ...changed };
  const snapshots = new SnapshotHolder({ snapshot, ports });
  const writeError = (error: Parameters<typeof toyDialect.writeError>[0]) =>
    toyDialect.writeError(error, { requestId: 'r' });
  const pipeline = createRawPipeline({ snapshots, writeError });
  return {
    seen,
    clock,
    transport,
    snapshots,
    openCircuits,
    ask(asked, body, { headers = {}, signal = new AbortController().signal, ...rest } = {}) {
      const method = body === undefined ? 'GET' : 'POST';
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      return pipeline(
        {
          requestId: 'req-1',
          headers: { ...type, ...headers },
          trace: { traceId: 't', spanId: 's', traceparent: '00-t-s-01' },
          signal,
          readBody: () => Promise.resolve(Buffer.from(body ?? '')),
          ...rest,
        },
        { method, provider: 'a', path: 'chat', search: '', ...asked },
      );
    },
  };
}

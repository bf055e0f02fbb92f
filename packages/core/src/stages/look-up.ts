import type { PlainAnswer } from '../answer.js';
import type { Plan } from '../routing/plan.js';
import { finishPlain } from './finish.js';
import type { Asked, RunContext } from './run-context.js';

/** Under which key the cache keeps this answer; nothing where it is neither looked up nor kept. */
export function cacheKeyOf<Request, Result, Event>(
  { call, endpoint, ports }: RunContext<Request, Result, Event>,
  { parsed, principal: { tenant } }: Asked<Request>,
  { variant }: Plan,
): string | undefined {
  const { cache } = ports;
  if (!cache) return undefined;
  if (parsed.stream) {
    call.cache = 'bypass';
    return undefined;
  }
  const wish = call.received.headers['x-sluice-cache'];
  call.cache = wish === 'bypass' || wish === 'refresh' ? wish : 'miss';
  if (wish === 'bypass') return undefined;
  const guards = call.guards?.variant;
  const isPlain = variant === undefined && guards === undefined;
  const wire = isPlain ? parsed.wire : { variant, guards, wire: parsed.wire };
  return cache.key({ tenant, dialect: endpoint.dialect.id, wire });
}

/** The answer that the cache has, where the caller would take one. */
export async function lookUp<Request, Result, Event>(
  run: RunContext<Request, Result, Event>,
  key: string,
): Promise<PlainAnswer | undefined> {
  const { call, ports } = run;
  if (call.cache !== 'miss') return undefined;
  const found = await ports.cache?.lookup(key, call.signal);
  if (!found) return undefined;
  call.cache = 'hit';
  call.served = { provider: found.provider, model: found.model };
  return finishPlain(run, found.body, found.contentType);
}

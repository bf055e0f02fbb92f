import type { Adjustment } from '@sluice/contract';
import type { Call } from './call.js';
import { writeUsd } from './usd.js';

/** What every answer of the data plane says about how it was made; an error carries as much of it as is known. */
export function answerHeaders(call: Call, configVersion: string): Record<string, string> {
  const headers: Record<string, string> = { 'x-sluice-config': configVersion };
  if (call.accepted) headers['x-sluice-decision'] = call.received.requestId;
  if (call.served) {
    headers['x-sluice-provider'] = headerText(call.served.provider);
    headers['x-sluice-model'] = headerText(call.served.model);
  }
  if (call.attempts.length > 0) headers['x-sluice-attempts'] = String(call.attempts.length);
  if (call.cache !== undefined) headers['x-sluice-cache'] = call.cache;
  if (call.ignored) headers['x-sluice-adjustments'] = adjustmentText([...call.adjustments, call.ignored]);
  else if (call.adjustments.length > 0) headers['x-sluice-adjustments'] = adjustmentText(call.adjustments);
  const guarded = call.guards?.noted('acting');
  if (guarded !== undefined) headers['x-sluice-guards'] = guarded;
  // Of a stream nothing is known yet; of a failure there is nothing to say.
  const cost = call.summary || call.cache === 'hit' ? call.cost() : undefined;
  if (cost !== undefined) headers['x-sluice-cost-usd'] = writeUsd(cost);
  headers['x-sluice-overhead-ms'] = call.overheadMs().toFixed(2);
  return headers;
}

const PLAIN = /^[\x20-\x7e]*$/;
const MAX_NAMED = 32;

/** Text as a header value: printable ASCII stays, anything else is percent-encoded; half a surrogate pair is replaced. */
function headerText(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(text.toWellFormed());
}

/** `seed=dropped, temperature=changed`. */
function adjustmentText(adjustments: readonly Adjustment[]): string {
  const named = adjustments
    .slice(0, MAX_NAMED)
    .map(({ parameter, action }) => `${headerText(parameter.slice(0, 64))}=${action}`);
  const more = adjustments.length - named.length;
  return more > 0 ? `${named.join(', ')}, and ${more} more` : named.join(', ');
}

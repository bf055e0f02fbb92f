import { gatewayError } from '@sluice/contract';
import type { Clock, Provider, Transport, UpstreamRequest, WholeResponse } from '@sluice/contract';
import type { ProbeSettings } from '../config/probe-settings.js';

const DEFAULT_TIMEOUT_MS = 2_000;
const MAX_ANSWER_BYTES = 4_194_304;

export interface ProbeCallDeps {
  readonly transport: Transport;
  readonly clock: Clock;
}

export interface ProbeCall extends Omit<ProbeSettings, 'everyMs'> {
  /** Signs with the key. */
  readonly provider: Provider;
}

/** How a provider is asked, without cost. */
interface Question {
  readonly request: UpstreamRequest;
  /** Throws where the answer, of a good status, is none. */
  check(body: Uint8Array): void;
  /** Whether a status below 500 says something of more than that the provider is there. */
  readonly isWhole: boolean;
}

/**
 * Fetches what costs nothing with a provider's key: the path that is set, else its list of models, else, where there is
 * none, whatever its address has. Rejects with what is wrong: an error of the table.
 */
export async function callProbe(
  { provider, path, timeoutMs = DEFAULT_TIMEOUT_MS }: ProbeCall,
  { transport, clock }: ProbeCallDeps,
  stop: AbortSignal,
): Promise<void> {
  const deadline = new AbortController();
  const cancel = clock.after(timeoutMs, () => deadline.abort(gatewayError('upstream_timeout')));
  const signal = AbortSignal.any([stop, deadline.signal]);
  try {
    const question = toQuestion(provider, path);
    const authorized = await provider.authorize(question.request, signal);
    const { head, body } = await transport.send(authorized, { connectTimeoutMs: timeoutMs }, signal);
    judge({ head, body: await body.bytes(MAX_ANSWER_BYTES) }, question, provider);
  } catch (cause) {
    throw signal.aborted ? signal.reason : cause;
  } finally {
    cancel();
  }
}

function toQuestion({ models, baseUrl }: Provider, path: string | undefined): Question {
  const get = (url: URL): UpstreamRequest => ({ method: 'GET', url, headers: {} });
  if (path !== undefined)
    return { request: get(new URL(baseUrl.origin + path)), check: () => undefined, isWhole: true };
  if (models) return { request: models.request(), check: (body) => void models.decode(body), isWhole: true };
  return { request: get(baseUrl), check: () => undefined, isWhole: false };
}

function judge({ head, body }: WholeResponse, { check, isWhole }: Question, provider: Provider): void {
  const isGood = head.status >= 200 && head.status < 300;
  if (isGood) check(body);
  else if (isWhole || head.status >= 500) throw provider.classify({ stage: 'status', head, body });
}

import { gatewayError } from '@sluice/contract';
import type { CallMemory, Clock, JsonObject, RecalledCall, RecallingCall, ResponseRepository } from '@sluice/contract';
import { createFrameReader, isJsonObject, removeMember, setTopLevel, tryParseExact } from '@sluice/toolkit';
import { isUnfinished } from './background/background-responses.js';
import type { BackgroundResponses } from './background/background-responses.js';

/** As long as OpenAI keeps them. https://developers.openai.com/api/docs/guides/conversation-state */
const TTL_MS = 30 * 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;
/** The last event of a stream that was answered; whole frames come, so it stands at the start of a line. */
const LAST_EVENT = /^event: response\.(?:completed|incomplete)$/m;

export interface ResponseMemoryParts {
  readonly repository: ResponseRepository;
  readonly clock: Clock;
  /** Takes the responses that their callers do not wait for. */
  readonly background: BackgroundResponses;
  /** What could not be kept: the answer goes out all the same. */
  onError(cause: unknown): void;
}

/**
 * The gateway's own memory of `previous_response_id`: a turn may go on at any provider, whoever answered the one before.
 * Ids of another tenant, or made elsewhere, are unknown here: they would open conversations of the account's other users.
 */
export function createResponseMemory(parts: ResponseMemoryParts): CallMemory {
  let sweptMs = Number.NEGATIVE_INFINITY;
  return {
    recall(body, call) {
      if (!isJsonObject(body)) return { body };
      const nowMs = parts.clock.now();
      if (nowMs - sweptMs >= SWEEP_EVERY_MS) {
        sweptMs = nowMs;
        attempt(() => parts.repository.sweep(nowMs), parts);
      }
      return recallResponse(body, call, parts);
    },
  };
}

function recallResponse(body: JsonObject, call: RecallingCall, parts: ResponseMemoryParts): RecalledCall {
  const { previous_response_id: previous, store, stream } = body;
  const earlier = typeof previous === 'string' ? findEarlier(previous, call, parts) : undefined;
  const input = [...(earlier?.items ?? []), ...toItems(body.input)];
  const recalled = earlier ? { body: { ...body, input }, onlyAt: earlier.provider } : { body };
  if (body.background === true) return toBackground({ body, recalled, input }, call, parts);
  if (store === false) return recalled;
  const keep = (response: JsonObject, provider: string): void =>
    keepResponse({ response, provider, input }, call, parts);
  return { ...recalled, keep: stream === true ? keepLastEvent(keep) : keepWhole(keep) };
}

interface Recalling {
  readonly body: JsonObject;
  readonly recalled: Omit<RecalledCall, 'body'> & { readonly body: JsonObject };
  readonly input: readonly JsonObject[];
}

/** The provider is asked for a stream: what it brings until it is cancelled can be told and paid for. */
function toBackground(
  { body, recalled, input }: Recalling,
  call: RecallingCall,
  { background }: ResponseMemoryParts,
): RecalledCall {
  if (body.store === false) {
    throw gatewayError('invalid_value', {
      message: 'background: needs "store", for the response is read later.',
      details: { param: 'background' },
    });
  }
  const { background: _, ...asked } = recalled.body;
  return {
    ...recalled,
    body: { ...asked, stream: true },
    bytes: setTopLevel(removeMember(call.bytes, ['background']), 'stream', true),
    detached: background.prepare({ wire: body, input, ttlMs: TTL_MS }, call),
  };
}

interface Earlier {
  readonly items: readonly JsonObject[];
  readonly provider: string;
}

function findEarlier(id: string, { tenant }: RecallingCall, { repository, clock }: ResponseMemoryParts): Earlier {
  const found = repository.find(tenant, id, clock.now());
  if (!found) {
    throw gatewayError('not_found', {
      message: `Previous response with id "${id.slice(0, 100)}" not found.`,
      details: { param: 'previous_response_id' },
    });
  }
  if (isUnfinished(found.response)) {
    throw gatewayError('invalid_value', {
      message: `Previous response with id "${id.slice(0, 100)}" is not complete.`,
      details: { param: 'previous_response_id' },
    });
  }
  const { output } = found.response;
  const said = Array.isArray(output) ? (output as readonly JsonObject[]) : [];
  return { items: [...found.input, ...said], provider: found.provider };
}

function toItems(input: unknown): readonly JsonObject[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return Array.isArray(input) ? (input as readonly JsonObject[]) : [];
}

type Keep = (response: JsonObject, provider: string) => void;

function keepWhole(keep: Keep): NonNullable<RecalledCall['keep']> {
  return (bytes, provider) => {
    const response = tryParseExact(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'));
    if (isJsonObject(response)) keep(response, provider);
  };
}

function keepLastEvent(keep: Keep): NonNullable<RecalledCall['keep']> {
  return (bytes, provider) => {
    const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    if (!LAST_EVENT.test(Buffer.from(whole.buffer, whole.byteOffset, whole.length).toString('latin1'))) return;
    for (const { event, data } of createFrameReader().push(whole)) {
      const payload = LAST_EVENT.test(`event: ${event ?? ''}`) ? tryParseExact(data) : undefined;
      if (isJsonObject(payload) && isJsonObject(payload.response)) keep(payload.response, provider);
    }
  };
}

interface Kept {
  readonly response: JsonObject;
  readonly provider: string;
  readonly input: readonly JsonObject[];
}

function keepResponse(
  { response, provider, input }: Kept,
  { tenant }: RecallingCall,
  parts: ResponseMemoryParts,
): void {
  const { id } = response;
  if (typeof id !== 'string') return;
  const createdAtMs = parts.clock.now();
  const record = { id, tenant, createdAtMs, expiresAtMs: createdAtMs + TTL_MS, provider, input, response };
  attempt(() => parts.repository.put(record), parts);
}

function attempt(work: () => void, { onError }: ResponseMemoryParts): void {
  try {
    work();
  } catch (cause) {
    onError(cause);
  }
}

import { gatewayError } from '@sluice/contract';
import type {
  Clock,
  DetachedCall,
  GatewayError,
  JsonObject,
  RecallingCall,
  ResponseRecord,
  ResponseRepository,
} from '@sluice/contract';
import { WhenIdle } from '@sluice/toolkit';
import { writeResponse } from '../response-object.js';
import { BackgroundResponse } from './background-response.js';
import { STOPPED } from './failure.js';
import type { ResponsesSettings } from './settings.js';

/** How long the events of a response can still be followed when it is over. */
const REPLAY_MS = 300_000;
/** Of how many responses. */
const MAX_REPLAYED = 32;
const UNFINISHED: ReadonlySet<unknown> = new Set(['queued', 'in_progress']);

export interface BackgroundParts {
  readonly repository: ResponseRepository;
  readonly clock: Clock;
  readonly limits: ResponsesSettings;
  /** What could not be kept, or went wrong where nobody waits. */
  onError(cause: unknown): void;
}

/** What a response that goes to the background is asked for. */
export interface BackgroundAsked {
  /** The body as the caller wrote it. */
  readonly wire: JsonObject;
  /** Everything that is said before the answer, earlier turns included. */
  readonly input: readonly JsonObject[];
  readonly ttlMs: number;
}

/** The responses of this process that nobody waits for. Each tenant has its own. */
export class BackgroundResponses {
  readonly #parts: BackgroundParts;
  readonly #running = new Map<string, BackgroundResponse>();
  /** Over, but still to be followed; the oldest first. */
  readonly #replayed = new Map<string, BackgroundResponse>();
  readonly #idle = new WhenIdle(() => this.#running.size === 0);

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
  }

  /** A call that is to go on without its caller; nothing is held until it begins. */
  prepare(asked: BackgroundAsked, call: RecallingCall): DetachedCall {
    const record = this.#toRecord(asked, call);
    const { repository, onError } = this.#parts;
    const job = new BackgroundResponse({
      keyId: call.keyId,
      queued: record.response,
      streamed: asked.wire.stream === true,
      onError,
      keep: (response) => attempt(() => repository.put({ ...record, response }), onError),
    });
    return {
      signal: job.signal,
      begin: (work) => {
        this.#assertRoom(call.keyId);
        repository.put(record);
        this.#run(placeOf(record), job, job.take(work()));
        return job.log ? job.log.follow(-1) : JSON.stringify(job.response);
      },
    };
  }

  /** The response as it stands; one that was under way when its process ended has failed. */
  current({ tenant, id, response }: ResponseRecord): JsonObject {
    const job = this.#running.get(placeOf({ tenant, id }));
    if (job) return job.response;
    return UNFINISHED.has(response.status) ? { ...response, status: 'failed', error: STOPPED } : response;
  }

  /** Ends a response that is under way, and resolves with what it has become when its call has ended too. */
  async cancel(record: ResponseRecord): Promise<JsonObject> {
    if (record.response.background !== true) {
      throw gatewayError('invalid_value', { message: 'Cannot cancel a response that was not made in the background.' });
    }
    const job = this.#running.get(placeOf(record));
    if (!job) return this.current(record);
    job.cancel();
    await job.done;
    return job.response;
  }

  /** The events behind number `after`. Throws `invalid_value` where they are not kept. */
  follow(record: ResponseRecord, after: number): AsyncIterable<string, undefined> {
    const place = placeOf(record);
    const { log } = this.#running.get(place) ?? this.#replayed.get(place) ?? {};
    if (log?.has(after)) return log.follow(after);
    throw gatewayError('invalid_value', {
      message:
        'The events of this response cannot be streamed: it was not made with background and stream set, or too long ago.',
      details: { param: 'stream' },
    });
  }

  /** Before a record is deleted: what is under way ends, and leaves nothing. */
  forget(record: Pick<ResponseRecord, 'tenant' | 'id'>): void {
    this.#running.get(placeOf(record))?.forget();
    this.#replayed.delete(placeOf(record));
  }

  /** Resolves when none is under way. */
  idle(): Promise<void> {
    return this.#idle.wait();
  }

  /** Ends all that are under way. */
  stop(reason: GatewayError): void {
    for (const job of this.#running.values()) job.stop(reason, STOPPED);
  }

  #assertRoom(keyId: string): void {
    const { backgroundPerKey, backgroundTotal } = this.#parts.limits;
    const ofKey = [...this.#running.values()].filter((job) => job.keyId === keyId).length;
    if (this.#running.size < backgroundTotal && ofKey < backgroundPerKey) return;
    throw gatewayError('concurrency_limit_exceeded', {
      message: 'Too many responses are under way in the background.',
      details: { retryAfterMs: 1_000 },
    });
  }

  #run(place: string, job: BackgroundResponse, taken: Promise<void>): void {
    this.#running.set(place, job);
    void taken.then(() => {
      this.#running.delete(place);
      if (job.log) this.#replay(place, job);
      this.#idle.check();
    });
  }

  #replay(place: string, job: BackgroundResponse): void {
    const [oldest] = this.#replayed.keys();
    if (oldest !== undefined && this.#replayed.size >= MAX_REPLAYED) this.#replayed.delete(oldest);
    this.#replayed.set(place, job);
    this.#parts.clock.after(REPLAY_MS, () => {
      if (this.#replayed.get(place) === job) this.#replayed.delete(place);
    });
  }

  #toRecord({ wire, input, ttlMs }: BackgroundAsked, { tenant, answerId }: RecallingCall): ResponseRecord {
    const createdAtMs = this.#parts.clock.now();
    const state = { status: 'queued', model: typeof wire.model === 'string' ? wire.model : '', output: [] } as const;
    const response = writeResponse(state, { answerId, createdSeconds: Math.floor(createdAtMs / 1_000), wire });
    // Whoever answers has, if it keeps the answer, another id for it.
    const provider = '';
    const id = String(response.id);
    return { id, tenant, createdAtMs, expiresAtMs: createdAtMs + ttlMs, provider, input, response };
  }
}

/** Whether a response, as it was stored, had come to no end. */
export function isUnfinished({ status }: JsonObject): boolean {
  return UNFINISHED.has(status);
}

function placeOf({ tenant, id }: Pick<ResponseRecord, 'tenant' | 'id'>): string {
  return `${id} ${tenant}`;
}

function attempt(work: () => void, onError: (cause: unknown) => void): void {
  try {
    work();
  } catch (cause) {
    onError(cause);
  }
}

import { gatewayError } from '@sluice/contract';
import type {
  Admission,
  ChatRequest,
  Operation,
  ParsedCall,
  Principal,
  RawCall,
  RecalledCall,
  StreamScanner,
  Target,
  WriteContext,
} from '@sluice/contract';
import { answerHeaders } from './answer-headers.js';
import type { Answer, PlainAnswer } from './answer.js';
import { attempt } from './attempt.js';
import { runAttempts } from './attempt-loop.js';
import type { Attempted } from './attempt-loop.js';
import type { Call } from './call.js';
import { passCodec, translateCodec } from './codec.js';
import type { Codec } from './codec.js';
import { fitParsed, fitRaw, refusedParameters, telling } from './fit-call.js';
import { estimatePrompt } from './estimate.js';
import { LiveStream } from './live-stream.js';
import { assertBodyType, parseCall, parseForm } from './parse-body.js';
import type { CallBody } from './parse-body.js';
import type { Endpoint, Ports } from './ports.js';
import { decide } from './routing/decide.js';
import type { Candidate, Plan } from './routing/plan.js';
import type { Lease } from './snapshot.js';
import { TappedScanner } from './tapped-scanner.js';

interface RunParts {
  readonly call: Call;
  readonly lease: Lease;
  readonly ports: Ports;
}

const ESTIMATED = [{ parameter: 'count', action: 'emulated' }] as const;

/** The stages of one request, in the order in which they run. */
export class Run<Request extends Pick<ChatRequest, 'extensions'>, Result, Event> {
  readonly #endpoint: Endpoint<Request, Result, Event>;
  readonly #call: Call;
  readonly #lease: Lease;
  readonly #ports: Ports;
  #admission: Admission | undefined;
  #streamType: string | undefined;
  #recalled: RecalledCall | undefined;

  constructor(endpoint: Endpoint<Request, Result, Event>, { call, lease, ports }: RunParts) {
    this.#endpoint = endpoint;
    this.#call = call;
    this.#lease = lease;
    this.#ports = ports;
  }

  /** Runs the stages. Never rejects: a failure of any of them is an answer in the caller's dialect. */
  async answer(): Promise<Answer> {
    const call = this.#call;
    try {
      if (this.#ports.isRefusing()) throw gatewayError('draining', { details: { retryAfterMs: 1_000 } });
      const principal = (call.principal = await this.#identify());
      const { parsed, raw } = this.#parse(this.#recall(await this.#readBody(), principal));
      const plan = this.#plan(parsed, principal);
      await this.#admit(principal);
      const counted = this.#countHere(plan, parsed);
      if (counted) return counted;
      const cacheKey = this.#cacheKey(parsed, principal);
      const cached = cacheKey === undefined ? undefined : await this.#lookup(cacheKey);
      if (cached) return cached;
      const attempted = await this.#attempt(plan, parsed, raw);
      return attempted.opened.kind === 'plain'
        ? this.#answerPlain(attempted, attempted.opened, cacheKey)
        : this.#answerStream(attempted, attempted.opened);
    } catch (cause) {
      return this.#refuse(cause);
    }
  }

  #refuse(cause: unknown): PlainAnswer {
    const call = this.#call;
    const outcome = call.outcomeOf(isTooDeep(cause) ? gatewayError('json_too_deep', { cause }) : cause);
    const error = outcome.kind === 'failed' ? outcome.error : gatewayError('client_closed_request');
    try {
      if (error.code === 'internal_error') this.#ports.onInternalError(error.cause ?? cause);
      const { status, headers, body } = this.#endpoint.dialect.writeError(error, { requestId: visibleId(call) });
      call.status = outcome.kind === 'failed' ? status : 0;
      // Tries of both sides would multiply. The SDKs of all dialects look for this header.
      const retried = call.attempts.length > 1 ? { 'x-should-retry': 'false' } : {};
      return {
        kind: 'plain',
        status,
        headers: { ...this.#headers(), ...headers, ...error.details.headers, ...retried },
        body,
      };
    } finally {
      call.scope.settle(outcome);
    }
  }

  #identify(): Principal | Promise<Principal> {
    const { principal, headers, signal } = this.#call.received;
    return principal ?? this.#ports.authenticator.authenticate(headers, signal);
  }

  async #readBody(): Promise<CallBody> {
    const call = this.#call;
    const form = this.#endpoint.dialect.body === 'multipart';
    assertBodyType(call.received.headers, form ? 'multipart' : 'json');
    call.beginWait();
    const body = await call.received.readBody();
    call.endWait();
    return form ? parseForm(body, call.received.headers) : parseCall(body);
  }

  /** Puts earlier turns into the body, where the endpoint remembers them. */
  #recall(body: CallBody, { tenant }: Principal): CallBody {
    const { memory } = this.#endpoint;
    if (!memory) return body;
    this.#recalled = memory.recall(body.wire, { tenant, answerId: this.#call.received.requestId });
    return { ...body, wire: this.#recalled.body };
  }

  #parse({ wire, body, modelAt }: CallBody): { parsed: ParsedCall<Request>; raw: RawCall } {
    const call = this.#call;
    const { headers } = call.received;
    const parsed = this.#endpoint.dialect.parse(wire, call.received);
    call.bodyBytes = body.length;
    call.requestedModel = parsed.model;
    call.stream = parsed.stream;
    this.#streamType = parsed.streamType;
    const { stream, wantsUsage } = parsed;
    return { parsed, raw: { body, ...(modelAt ? { modelAt } : {}), wire: parsed.wire, stream, wantsUsage, headers } };
  }

  #plan(parsed: ParsedCall<Request>, principal: Principal): Plan {
    const { operation, dialect } = this.#endpoint;
    const question = { model: parsed.model, operation, dialect: dialect.id, features: parsed.features, principal };
    return decide(this.#lease.snapshot, question, this.#ports.random);
  }

  /** Takes a place within the limits and writes the intent; from here on the request counts. */
  async #admit(principal: Principal): Promise<void> {
    const call = this.#call;
    const admission = await this.#ports.limiter.admit(principal, call.received.signal);
    call.scope.add(() => admission.release());
    this.#admission = admission;
    await this.#ports.ledger.open(call.intent());
    call.accepted = true;
  }

  #cacheKey(parsed: ParsedCall<Request>, { tenant }: Principal): string | undefined {
    const { cache } = this.#ports;
    if (!cache) return undefined;
    if (parsed.stream) {
      this.#call.cache = 'bypass';
      return undefined;
    }
    const wish = this.#call.received.headers['x-sluice-cache'];
    this.#call.cache = wish === 'bypass' || wish === 'refresh' ? wish : 'miss';
    return wish === 'bypass' ? undefined : cache.key({ tenant, dialect: this.#endpoint.dialect.id, wire: parsed.wire });
  }

  async #lookup(key: string): Promise<PlainAnswer | undefined> {
    const call = this.#call;
    if (call.cache !== 'miss') return undefined;
    const found = await this.#ports.cache?.lookup(key, call.received.signal);
    if (!found) return undefined;
    call.cache = 'hit';
    call.served = { provider: found.provider, model: found.model };
    return this.#finishPlain(found.body, found.contentType);
  }

  #attempt(plan: Plan, parsed: ParsedCall<Request>, raw: RawCall): Promise<Attempted> {
    const call = this.#call;
    return runAttempts(call, plan, {
      circuits: this.#ports.circuits,
      tryOne: (candidate) => {
        const codec = this.#codec(candidate, parsed, raw);
        call.adjustments = codec.adjustments;
        return attempt(call, { candidate, codec }, this.#ports);
      },
    });
  }

  #codec({ provider, target }: Candidate, parsed: ParsedCall<Request>, raw: RawCall): Codec {
    const { dialect, operation: name } = this.#endpoint;
    const operation = provider.provider.operations[name] as unknown as Operation<Request, Result, Event>;
    const through = operation.passthroughs?.find((one) => one.dialect === dialect.id);
    const passes = parsed.passes !== false && (through?.serves?.(target.model) ?? true);
    const refused = name === 'chat' ? refusedParameters(parsed, dialect.id, target.facts) : [];
    if (through && passes && this.#saysAll(target)) {
      const fit = fitRaw(raw, dialect.id, refused);
      if (through.takes?.(fit, target) ?? true) return telling(refused, passCodec(through, fit, target));
    }
    const context = this.#writeContext(parsed);
    const translation = { dialect, parsed: fitParsed(parsed, refused), context };
    return telling(refused, translateCodec(operation, translation, target));
  }

  /** Whether the caller's bytes mean there what they mean here: earlier turns may be known to one provider alone. */
  #saysAll({ provider }: Target): boolean {
    const { onlyAt } = this.#recalled ?? {};
    return onlyAt === undefined || onlyAt === provider;
  }

  #answerPlain(
    { candidate, permit }: Attempted,
    opened: Extract<Attempted['opened'], { kind: 'plain' }>,
    cacheKey: string | undefined,
  ): PlainAnswer {
    permit.succeed();
    const { body, contentType, summary } = opened;
    this.#call.served = candidate.target;
    this.#call.summary = summary;
    this.#recalled?.keep?.(body, candidate.target.provider);
    if (cacheKey !== undefined) {
      this.#ports.cache?.store(cacheKey, {
        body: typeof body === 'string' ? Buffer.from(body) : body,
        contentType,
        provider: candidate.target.provider,
        model: candidate.target.model,
        ...(summary.usage ? { usage: summary.usage } : {}),
      });
    }
    return this.#finishPlain(body, contentType);
  }

  #writeContext(parsed: ParsedCall<Request>): WriteContext {
    return {
      requestId: visibleId(this.#call),
      answerId: this.#call.received.requestId,
      wire: parsed.wire,
      createdSeconds: Math.floor(this.#call.startedAtMs / 1_000),
      wantsUsage: parsed.wantsUsage,
      streamType: parsed.streamType,
    };
  }

  /** Where no target counts tokens, the gateway estimates, and says so. */
  #countHere({ candidates: [first] }: Plan, parsed: ParsedCall<Request>): PlainAnswer | undefined {
    const { operation, dialect } = this.#endpoint;
    if (operation !== 'countTokens' || !first || first.provider.provider.operations.countTokens) return undefined;
    const inputTokens = estimatePrompt(parsed.toRequest() as unknown as ChatRequest);
    this.#call.served = first.target;
    this.#call.adjustments = ESTIMATED;
    const written = dialect.writeResult({ inputTokens } as Result, this.#writeContext(parsed));
    return this.#finishPlain(written as string, 'application/json');
  }

  #finishPlain(body: Uint8Array | string, contentType: string): PlainAnswer {
    const headers = this.#headers();
    headers['content-type'] = contentType;
    this.#call.status = 200;
    this.#call.scope.settle({ kind: 'completed' });
    return { kind: 'plain', status: 200, headers, body };
  }

  #answerStream({ candidate, permit }: Attempted, opened: Extract<Attempted['opened'], { kind: 'stream' }>): Answer {
    const call = this.#call;
    const { response, reads, held, ended, deadline } = opened;
    const scanner = this.#watched(opened, candidate.target);
    call.served = candidate.target;
    call.status = 200;
    call.firstTokenMs = call.elapsedMs();
    // A probe has told enough by its first content; a closed circuit waits for the end of the stream.
    if (this.#ports.circuits.state(candidate.circuit) !== 'closed') permit.succeed();
    call.scope.add((outcome) => {
      call.summary = scanner.summary();
      if (outcome.kind === 'completed') permit.succeed();
      else if (outcome.kind === 'failed') permit.fail(outcome.error);
      else permit.forget();
    });
    const headers = this.#headers();
    headers['content-type'] = this.#streamType ?? 'text/event-stream; charset=utf-8';
    headers['cache-control'] = 'no-cache';
    headers['x-accel-buffering'] = 'no';
    const chunks = new LiveStream(
      { body: response.body, reads, scanner, held, ended, deadline },
      {
        outcomeOf: (cause) => call.outcomeOf(cause),
        writeError: (error) =>
          this.#endpoint.dialect.writeStreamError(error, { requestId: visibleId(call), streamType: this.#streamType }),
        settle: (outcome) => void call.scope.settle(outcome),
      },
    );
    return { kind: 'stream', status: 200, headers, chunks };
  }

  /** The scanner of a stream; what it lets through is also shown to the endpoint's memory, where that keeps it. */
  #watched(
    { scanner, held }: Pick<Extract<Attempted['opened'], { kind: 'stream' }>, 'scanner' | 'held'>,
    { provider }: Target,
  ): StreamScanner {
    const keep = this.#recalled?.keep;
    if (!keep) return scanner;
    keep(held, provider);
    return new TappedScanner(scanner, (bytes) => keep(bytes, provider));
  }

  #headers(): Record<string, string> {
    const headers = answerHeaders(this.#call, this.#lease.snapshot.version);
    return this.#admission ? Object.assign(headers, this.#admission.headers) : headers;
  }
}

/** Parsing takes any depth; writing a body anew, for another dialect or as a cache key, takes a stack frame for each level. */
function isTooDeep(cause: unknown): boolean {
  return cause instanceof RangeError && cause.message.includes('call stack');
}

/** The id that the caller sees: its own, where it sent one. */
function visibleId({ received }: Call): string {
  return received.clientRequestId ?? received.requestId;
}

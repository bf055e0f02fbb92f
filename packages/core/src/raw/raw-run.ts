import { gatewayError, toGatewayError } from '@sluice/contract';
import type {
  Admission,
  GatewayError,
  HttpMethod,
  Permit,
  Principal,
  RecognisedCall,
  ResponseHead,
  Slot,
  UpstreamRequest,
  UpstreamResponse,
  WrittenError,
} from '@sluice/contract';
import type { Answer, PlainAnswer } from '../answer.js';
import { armForHead, withTrace } from '../attempt.js';
import { AttemptDeadline } from '../attempt-deadline.js';
import { toRecord } from '../attempts/attempt-record.js';
import { judge } from '../attempts/judge.js';
import type { Account } from '../attempts/key-ring.js';
import { nobodyFree } from '../attempts/nobody-free.js';
import { FREE_SLOT, takePlace } from '../attempts/places.js';
import { settlePermit } from '../attempts/settle-permit.js';
import { Once } from '../once.js';
import { assertNotEncoded } from '../parse-body.js';
import { createCandidate } from '../routing/plan.js';
import type { Candidate } from '../routing/plan.js';
import { assertRoute } from '../routing/resolve.js';
import type { ConfiguredProvider } from '../snapshot.js';
import { admit } from '../stages/admit.js';
import { endUserOf } from '../stages/end-user.js';
import { headersOf } from '../stages/finish.js';
import { readTags } from '../stages/read-tags.js';
import { refuse } from '../stages/refuse.js';
import type { CallContext } from '../stages/run-context.js';
import { stopInTime } from '../stages/stop-in-time.js';
import { toAnswerHeaders, toLocation, toRequestHeaders } from './raw-headers.js';
import { createMeter } from './raw-meter.js';
import type { RawMeter } from './raw-meter.js';
import { assertMayAsk, assertSeen, assertUnguarded, rawOnceRequest, readQuestion } from './raw-question.js';
import type { RawQuestion } from './raw-question.js';
import { RawStream } from './raw-stream.js';
import { toRawPlace } from './raw-url.js';
import type { RawPlace, RawTarget } from './raw-url.js';

/** Of an error, this much is passed on. */
const MAX_ERROR_BYTES = 1_048_576;
const NO_CONTENT: ReadonlySet<number> = new Set([204, 205, 304]);

/** What is asked of which provider, as the request's first line has it. */
export interface RawAsked extends RawTarget {
  readonly method: HttpMethod;
  readonly provider: string;
}

export interface RawRunParts extends CallContext {
  readonly asked: RawAsked;
  /** A failure in the caller's words. */
  write(error: GatewayError): WrittenError;
}

type Headers = Readonly<Record<string, string>>;

/** One request as it goes out. */
interface RawCase {
  readonly candidate: Candidate;
  readonly place: RawPlace;
  readonly recognised: RecognisedCall | undefined;
  readonly question: RawQuestion;
}
/** Nothing goes out that was not admitted. */
interface AdmittedCase extends RawCase {
  readonly admission: Admission;
}
interface RawAttempt extends AdmittedCase {
  readonly account: Account;
  readonly permit: Permit;
  readonly slot: Slot;
  readonly deadline: AttemptDeadline;
  /** Since the request came. */
  readonly beganMs: number;
}

/** The stages of a request that is passed on as it came, in the order in which they run. */
export class RawRun {
  readonly #parts: RawRunParts;

  constructor(parts: RawRunParts) {
    this.#parts = parts;
  }

  /** Runs the stages. Never rejects: a failure of any of them is an answer. */
  async answer(): Promise<Answer> {
    const { call, ports, write, asked } = this.#parts;
    try {
      if (ports.isRefusing()) throw gatewayError('draining', { details: { retryAfterMs: 1_000 } });
      stopInTime(this.#parts);
      const { principal: known, signal } = call.received;
      const principal = (call.principal = known ?? (await ports.authenticator.authenticate(call.received, signal)));
      assertRoute(principal, `/passthrough/${asked.provider}/${asked.path}`);
      assertSeen(principal);
      assertUnguarded(ports.guards?.bind(principal) === true);
      const provider = this.#findProvider(principal);
      const raw = await this.#read(provider);
      assertMayAsk(principal, raw.question, { provider: provider.name, aliases: this.#parts.lease.snapshot.aliases });
      const earlier = await this.#parts.once?.claim(rawOnceRequest(asked, principal, raw.question));
      if (earlier) return earlier;
      const { admission } = await admit(this.#parts, {
        principal,
        operation: raw.recognised?.operation,
        dialect: raw.recognised?.dialect,
        wire: raw.question.wire,
        candidates: [raw.candidate],
        mayGoElsewhere: false,
      });
      return await this.#ask({ ...raw, admission });
    } catch (cause) {
      return refuse(this.#parts, cause, write);
    }
  }

  /** As `answer`, for a call that its caller has given a key. When the caller leaves, it ends like any other. */
  async answerOnce(): Promise<Answer> {
    const once = (this.#parts.once = new Once(this.#parts));
    return once.end(await this.answer());
  }

  #findProvider({ models }: Principal): ConfiguredProvider {
    const { asked, lease } = this.#parts;
    const { providers } = lease.snapshot;
    const found = providers.get(asked.provider);
    if (found && found.servesRaw !== false) return found;
    if (found) throw gatewayError('route_not_allowed', { message: 'This provider takes no requests as they come.' });
    const hint = models ? '' : ` There are: ${[...providers.keys()].join(', ')}.`;
    throw gatewayError('not_found', {
      message: `There is no provider "${asked.provider.slice(0, 64)}" here.${hint}`,
      details: { param: 'provider' },
    });
  }

  async #read(provider: ConfiguredProvider): Promise<RawCase> {
    const { call, asked } = this.#parts;
    const { baseUrl, raw } = provider.provider;
    const place = toRawPlace(baseUrl, asked);
    const recognised = raw?.recognise({ method: asked.method, path: place.below });
    assertNotEncoded(call.received.headers);
    call.beginWait();
    const body = await call.received.readBody();
    call.endWait();
    const question = await readQuestion(body, recognised, call.received.headers);
    call.bodyBytes = body.length;
    call.requestedModel = question.model;
    call.stream = question.stream;
    call.question = { operation: recognised?.operation, dialect: recognised?.dialect, wire: question.wire };
    call.endUser = endUserOf(question.wire);
    call.tags = readTags({ headers: call.received.headers });
    return { candidate: createCandidate(provider, question.model), place, recognised, question };
  }

  async #ask(raw: AdmittedCase): Promise<Answer> {
    const { call, ports } = this.#parts;
    const { candidate } = raw;
    const { rests } = ports.attempts;
    const obstacles = { circuits: ports.circuits, rests };
    const slot = ports.slots ? await takePlace(call, candidate, ports.slots) : FREE_SLOT;
    // There is nobody else whom it could ask.
    const admitted = candidate.keys.admit(obstacles) ?? candidate.keys.admit(obstacles, 'target-and-key');
    if (!admitted) {
      slot.release();
      throw nobodyFree([candidate], obstacles);
    }
    const { account, permit } = admitted;
    const deadline = new AttemptDeadline(ports.clock, call.signal);
    const beganMs = call.elapsedMs();
    try {
      const response = await this.#send({ ...raw, account }, deadline);
      const { status } = response.head;
      if (status >= 400) return await this.#passFailure(response, { ...raw, account, permit, slot, deadline, beganMs });
      call.attempts.push({ ...toRecord({ candidate, account }, call.elapsedMs() - beganMs), status });
      return await this.#pass(response, { ...raw, account, permit, slot, deadline, beganMs });
    } catch (cause) {
      call.endWait();
      deadline.dispose();
      const error = toGatewayError(deadline.signal.aborted ? deadline.signal.reason : cause);
      if (call.attempts.length === 0)
        call.attempts.push(toRecord({ candidate, account }, call.elapsedMs() - beganMs, error));
      throw judge(call, error, { account, permit, slot, rests });
    }
  }

  async #send(
    { candidate, account, place, question }: AdmittedCase & { readonly account: Account },
    deadline: AttemptDeadline,
  ): Promise<UpstreamResponse> {
    const { call, ports, asked } = this.#parts;
    const { timeouts, provider } = candidate;
    const { raw } = provider.provider;
    const { headers: caller } = call.received;
    const { body } = question;
    const hasBody = body.length > 0;
    const headers = toRequestHeaders(raw?.headersFor(caller) ?? {}, caller, hasBody);
    const request: UpstreamRequest = { method: asked.method, url: place.url, headers, ...(hasBody ? { body } : {}) };
    armForHead(deadline, call, timeouts);
    const authorized = await account.provider.authorize(withTrace(request, call), deadline.signal);
    call.beginAsking(candidate.target);
    const response = await ports.transport.send(authorized, { connectTimeoutMs: timeouts.connectMs }, deadline.signal);
    call.endWait();
    return response;
  }

  /** A failure in the vendor's own words, but for one of our credentials: it would look like one of the caller's. */
  async #passFailure({ head, body }: UpstreamResponse, attempt: RawAttempt): Promise<Answer> {
    const { call, ports } = this.#parts;
    const { candidate, account, permit, slot, deadline, beganMs } = attempt;
    const bytes = await body.bytes(MAX_ERROR_BYTES);
    const error = candidate.provider.provider.classify({ stage: 'status', head, body: bytes });
    if (error.code === 'upstream_auth_error') throw error;
    deadline.dispose();
    call.attempts.push({ ...toRecord({ candidate, account }, call.elapsedMs() - beganMs, error), status: head.status });
    judge(call, error, { account, permit, slot, rests: ports.attempts.rests });
    // The transport has undone what encoding there was.
    const { 'content-encoding': _, 'content-length': __, ...headers } = this.#answerHeaders(head.headers, attempt);
    return this.#finish(error, { kind: 'plain', status: head.status, headers, body: bytes });
  }

  async #pass({ head, body }: UpstreamResponse, attempt: RawAttempt): Promise<Answer> {
    const { call, asked } = this.#parts;
    const { candidate, permit, slot, deadline, question, recognised } = attempt;
    const { status } = head;
    call.served = candidate.target;
    const headers = this.#answerHeaders(head.headers, attempt);
    if (asked.method === 'HEAD' || NO_CONTENT.has(status)) {
      await body.bytes(0);
      deadline.dispose();
      permit.succeed();
      slot.release();
      return this.#finish(undefined, { kind: 'plain', status, headers, body: '' });
    }
    const { operations } = candidate.provider.provider;
    const meter = createMeter({ recognised, question, operations, target: candidate.target }, head);
    call.stream = isStream(head, question);
    const chunks = this.#stream({ head, body }, attempt, meter);
    return { kind: 'stream', status, headers, chunks, unframed: true };
  }

  #stream(
    { head, body }: UpstreamResponse,
    { candidate, permit, slot, deadline }: RawAttempt,
    meter: RawMeter | undefined,
  ): RawStream {
    const { call } = this.#parts;
    call.status = head.status;
    if (call.stream) call.firstTokenMs = call.elapsedMs();
    permit.begin();
    call.scope.add((outcome) => {
      call.summary = meter?.summary();
      call.served = toServed(candidate, call.summary?.model);
      slot.release();
      settlePermit(permit, outcome, call);
    });
    const { idleMs, totalMs } = candidate.timeouts;
    deadline.watch({ idleMs: call.stream ? idleMs : undefined, leftMs: totalMs - call.elapsedMs() });
    return new RawStream(
      { body, deadline, meter, length: toLength(head.headers['content-length']) },
      { outcomeOf: (cause) => call.outcomeOf(cause), settle: (outcome) => void call.scope.settle(outcome) },
    );
  }

  #finish(error: GatewayError | undefined, answer: PlainAnswer): PlainAnswer {
    const { call } = this.#parts;
    call.status = answer.status;
    call.scope.settle(error ? { kind: 'failed', error } : { kind: 'completed' });
    return answer;
  }

  #answerHeaders(upstream: Headers, { candidate, place: { url } }: RawCase): Record<string, string> {
    const { baseUrl, raw } = candidate.provider.provider;
    const headers = toAnswerHeaders(upstream, raw?.answerHeaders ?? []);
    const location = toLocation(upstream['location'], { url, baseUrl, provider: candidate.provider.name });
    if (location !== undefined) headers['location'] = location;
    return { ...headers, ...headersOf(this.#parts) };
  }
}

/** Where the model that was asked is not seen, or not known, the one that answered is what is priced. */
function toServed({ target, provider }: Candidate, answered: string | undefined): Candidate['target'] {
  if (target.facts || !answered) return target;
  const facts = provider.catalogue?.find(answered);
  return { ...target, model: target.model || answered, ...(facts ? { facts } : {}) };
}

function isStream({ headers }: ResponseHead, { stream }: RawQuestion): boolean {
  const type = headers['content-type'] ?? '';
  return type.startsWith('text/event-stream') || (stream && !type.startsWith('application/json'));
}

function toLength(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;
}

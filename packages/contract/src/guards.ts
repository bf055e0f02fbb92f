import type { StreamWriter } from './dialect.js';
import type { Principal } from './identity.js';
import type { ChatEvent, JsonObject } from './models.js';
import type { OperationName } from './provider.js';

/** Checks of what is asked and of what is answered. */
export interface Guards {
  /** Those of one call; nothing where it has none. */
  of(subject: GuardSubject): CallGuards | undefined;
  /** Whether any could be for a call of this caller, whatever it asks for. */
  bind(principal: Principal): boolean;
}
export interface GuardSubject {
  readonly requestId: string;
  readonly principal: Principal;
  /** By which the caller, and the gateway for it, name the model; the caller's word first. */
  readonly models: readonly string[];
  readonly operation: OperationName;
  /** Aborts when the call ends. A call that outlives its connection changes it. */
  signal(): AbortSignal;
}

/** The guards of one call. */
export interface CallGuards {
  /** Differs where the same question may get another answer. */
  readonly variant: string;
  /** Whether answers are read too: their bytes cannot then be handed on unread. */
  readonly checksOutput: boolean;
  /** What they did so far, in a few words (`pii=rewritten`): those that act, or all. Nothing where nothing. */
  noted(which: 'acting' | 'all'): string | undefined;
  /** Rejects with `content_policy_violation`. */
  checkRequest<Request>(asked: GuardedRequest<Request>): Promise<CheckedRequest<Request>>;
  /** For the answer of one attempt. Only where answers are read. */
  openOutput(): OutputGuard;
}
export interface GuardedRequest<Request> {
  /** Absent where the call has no canonical form. */
  readonly request: Request | undefined;
  /** As the caller wrote it: what the canonical form lacks is read here. */
  readonly wire: JsonObject;
}
export interface CheckedRequest<Request> {
  /** The very request where nothing was changed. */
  readonly request: Request | undefined;
  /** The caller's own words may not go out. */
  readonly isRewritten: boolean;
}

/** Reads one answer before the caller does. */
export interface OutputGuard {
  /** What the caller may have of a plain answer. Throws or rejects with `content_policy_violation`. */
  checkResult<Result>(result: Result): Promise<Result>;
  /** Stands before the writer of a stream. Throws `content_policy_violation`: what was held back is then never written. */
  watch(writer: StreamWriter<ChatEvent>): GuardedWriter;
}
export interface GuardedWriter extends StreamWriter<ChatEvent> {
  /** Whether anything of the answer may be handed over. */
  readonly isReleased: boolean;
  /** Judges an answer that is whole, and writes it. Absent where it was written as it came. */
  review?(): Promise<string>;
}

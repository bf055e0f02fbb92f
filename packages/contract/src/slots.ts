/** Which of one caller's own requests goes first where they wait; it says nothing against other callers. */
export type Priority = 'high' | 'normal' | 'low';

/** Places at targets, where an operator bounds how many calls a provider has at once. Every other target has room. */
export interface Slots {
  /** A place that is free; nothing where none is. Never waits. */
  enter(target: string, caller: string): Slot | undefined;
  /** A place when it is the caller's turn; nothing where that would be too late. Rejects with the signal's reason. */
  wait(target: string, asking: SlotRequest, signal: AbortSignal): Promise<Slot | undefined>;
  /** How the places of a target stand; nothing where it has no bound. */
  view(target: string): SlotsView | undefined;
}
/** Who waits for a place, and how long they may. */
export interface SlotRequest {
  /** Callers share the places; the id of a key. */
  readonly caller: string;
  readonly priority: Priority;
  /** How long the request has waited for places so far: it waits no longer than one queue lets it, all together. */
  readonly waitedMs: number;
  /** Until the request's own time is over. */
  readonly leftMs: number;
}
/** A call's place at a provider. */
export interface Slot {
  /** The first content of a stream came after so long. */
  noteFirstToken(waitedMs: number): void;
  /** The target said, or showed, that it has too much to do. */
  noteOverload(): void;
  /** Gives the place to whoever is next. Idempotent. */
  release(): void;
}
/** How the places of one target stand. */
export interface SlotsView {
  readonly inFlight: number;
  readonly limit: number;
  readonly waiting: number;
  /** Milliseconds until who comes now may expect a place, by how long calls have taken; 0 where one is free. */
  readonly retryAfterMs: number;
}

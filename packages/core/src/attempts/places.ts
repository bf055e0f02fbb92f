import { gatewayError } from '@sluice/contract';
import type { GatewayError, Slot, Slots } from '@sluice/contract';
import type { Call } from '../call.js';
import type { Candidate } from '../routing/plan.js';

/** The place of a call at a target that has no bound. */
export const FREE_SLOT: Slot = Object.freeze({ noteFirstToken() {}, noteOverload() {}, release() {} });

/** How one request comes to its places at targets whose calls are bounded. */
export class Places {
  readonly #call: Call;
  readonly #slots: Slots;
  #waitedMs = 0;
  #wasRefused = false;

  constructor(call: Call, slots: Slots) {
    this.#call = call;
    this.#slots = slots;
  }

  /** Whether a target could not be asked for want of a place. */
  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  enter({ circuit }: Candidate): Slot | undefined {
    return this.#slots.enter(circuit, this.#caller);
  }

  /** Stands in line at a target; nothing where no place comes in time. Rejects when the caller leaves. */
  async wait({ circuit, timeouts }: Candidate): Promise<Slot | undefined> {
    const call = this.#call;
    const beganMs = call.elapsedMs();
    const leftMs = timeouts.totalMs - beganMs;
    const asking = { caller: this.#caller, priority: call.priority, waitedMs: this.#waitedMs, leftMs };
    call.beginWait();
    try {
      const slot = await this.#slots.wait(circuit, asking, call.signal);
      this.#wasRefused ||= slot === undefined;
      return slot;
    } finally {
      call.endWait();
      this.#waitedMs += call.elapsedMs() - beganMs;
    }
  }

  get #caller(): string {
    return this.#call.principal?.keyId ?? '';
  }
}

/** A place at the one target that there is. Rejects with `overloaded`. */
export async function takePlace(call: Call, candidate: Candidate, slots: Slots): Promise<Slot> {
  const places = new Places(call, slots);
  const slot = places.enter(candidate) ?? (await places.wait(candidate));
  if (slot) return slot;
  throw allBusy(slots.view(candidate.circuit)?.retryAfterMs ?? 0);
}

const LEAST_RETRY_MS = 1_000;

/** The refusal of a request for which there is no place anywhere. */
export function allBusy(retryAfterMs: number): GatewayError {
  return gatewayError('overloaded', {
    message: 'Every provider of this model has as many calls as it may have at the moment.',
    details: { retryAfterMs: Math.max(LEAST_RETRY_MS, retryAfterMs) },
  });
}

import type { Actual, Claim } from '@sluice/contract';
import { FleetingMap } from '@sluice/toolkit';
import type { CountTable, Place } from './count-table.js';
import type { Holds } from './holds.js';

interface NewReservation {
  readonly id: string;
  readonly expiresAtMs: number;
  readonly claims: readonly Claim[];
  /** Of each claim. */
  readonly places: readonly Place[];
  /** Whether its row is written in the same transaction. */
  readonly isRecorded: boolean;
}

/** One claim of a reservation: what was counted where. */
interface Held {
  readonly key: string;
  readonly startsAtMs: number;
  readonly name: string;
  readonly amount: number;
  readonly isGauge: boolean;
}

interface State {
  readonly expiresAtMs: number;
  /** Its lease is over. */
  readonly isExpired: boolean;
  /** Its request has a row in the ledger, and may have been sent: what it uses stays used, whoever settles the row. */
  readonly isRecorded: boolean;
}

interface Reservation {
  readonly id: string;
  readonly held: readonly Held[];
  state: State;
}

type Kept = Pick<Map<string, Reservation>, 'get' | 'delete'> & { set(id: string, reservation: Reservation): unknown };

/** Of the reservations that have expired without a row so many are remembered, for those who renew them late. */
const MAX_EXPIRED = 10_000;
const LOOK_FOR_LEFT_EVERY_MS = 2_000;

/**
 * What this process has reserved and not settled yet. One that expires lets go of all it holds; where its request has a row in
 * the ledger, of the gauges alone: what it has reserved in windows counts until it is settled, and for good should this
 * process end before, for that is what whoever recovers the row takes it to have cost. Every method runs within its caller's transaction, whose end it is told.
 */
export class Reservations {
  readonly #counts: CountTable;
  readonly #holds: Holds;
  readonly #leaseMs: number;
  /** In the order in which they expire: every lease is equally long. */
  readonly #live = new FleetingMap<string, Reservation>();
  readonly #expired = new Map<string, Reservation>();
  /** Expired too, with a row in the ledger: who has written that settles them, however many there are. */
  readonly #open = new Map<string, Reservation>();
  /** Nothing expires before. */
  #nextExpiryMs = Number.POSITIVE_INFINITY;
  #leasedUntilMs = Number.NEGATIVE_INFINITY;
  #lookedForLeftAtMs = Number.NEGATIVE_INFINITY;
  #nowMs = 0;
  /** What the transaction has changed, as it was before. */
  #before: { readonly reservation: Reservation; readonly state: State | undefined }[] = [];

  constructor(counts: CountTable, holds: Holds, leaseMs: number) {
    this.#counts = counts;
    this.#holds = holds;
    this.#leaseMs = leaseMs;
  }

  get isEmpty(): boolean {
    return this.#live.size === 0 && this.#expired.size === 0 && this.#open.size === 0;
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  /** Whether it could be settled, late as it may be. */
  remembers(id: string): boolean {
    return this.#of(id) !== undefined;
  }

  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#holds.begin();
    this.#leasedUntilMs = this.#holds.leasedUntilMs ?? Number.NEGATIVE_INFINITY;
    if (this.#leasedUntilMs === Number.NEGATIVE_INFINITY) this.#lost();
    if (nowMs >= this.#nextExpiryMs) this.#expire();
    if (Math.abs(nowMs - this.#lookedForLeftAtMs) < LOOK_FOR_LEFT_EVERY_MS) return;
    this.#lookedForLeftAtMs = nowMs;
    for (const { held, ...place } of this.#holds.takeLeft(nowMs)) this.#counts.change(place, -held);
  }

  /** Before the transaction is committed. */
  write(): void {
    this.#holds.write(this.#nowMs);
  }

  /** The transaction has ended: what it changed is so, or it never was. */
  ended(isCommitted: boolean): void {
    if (!isCommitted) this.#undo();
    this.#before = [];
    for (const id of this.#expired.keys()) {
      if (this.#expired.size <= MAX_EXPIRED) break;
      this.#expired.delete(id);
    }
  }

  /** Of one that is not there. What it claims is counted by the caller. */
  insert({ id, expiresAtMs, claims, places, isRecorded }: NewReservation): void {
    const held = claims.map(({ name, amount, kind }, index): Held => {
      const { key, startsAtMs } = places[index] as Place;
      return { key, startsAtMs, name, amount, isGauge: kind === 'gauge' };
    });
    this.#lease(expiresAtMs);
    const state: State = { expiresAtMs, isExpired: false, isRecorded };
    const reservation: Reservation = { id, held, state };
    this.#before.push({ reservation, state: undefined });
    this.#keep(reservation);
    for (const one of held) this.#holds.change(one, givenBack(one, state));
  }

  /** Its request has a row from now on. */
  record(id: string): void {
    const reservation = this.#of(id);
    if (!reservation || reservation.state.isRecorded) return;
    const { expiresAtMs, isExpired } = reservation.state;
    this.#change(reservation, { expiresAtMs, isExpired, isRecorded: true });
  }

  renew(id: string, expiresAtMs: number): void {
    const reservation = this.#of(id);
    if (!reservation) return;
    this.#lease(expiresAtMs);
    this.#change(reservation, { expiresAtMs, isExpired: false, isRecorded: reservation.state.isRecorded });
  }

  settle(id: string, actual: Actual): void {
    const reservation = this.#takeOut(id);
    if (!reservation) return;
    for (const held of reservation.held) {
      const kept = held.isGauge ? 0 : keptOf(held, actual[held.name]);
      this.#counts.change(held, kept - counted(held, reservation.state));
      this.#holds.change(held, -givenBack(held, reservation.state));
    }
  }

  cancel(id: string): void {
    const reservation = this.#takeOut(id);
    if (!reservation) return;
    for (const held of reservation.held) {
      this.#counts.change(held, -counted(held, reservation.state));
      this.#holds.change(held, -givenBack(held, reservation.state));
    }
  }

  #expire(): void {
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const [, reservation] of this.#live) {
      this.#nextExpiryMs = reservation.state.expiresAtMs;
      if (this.#nextExpiryMs > this.#nowMs) return;
      this.#change(reservation, { ...reservation.state, isExpired: true });
    }
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
  }

  /** Others have not heard of this process for a lease, and have given back what it held. */
  #lost(): void {
    for (const [, reservation] of [...this.#live]) this.#become(reservation, { ...reservation.state, isExpired: true });
  }

  /** Once in a while, for all reservations together. */
  #lease(untilMs: number): void {
    if (untilMs <= this.#leasedUntilMs) return;
    this.#leasedUntilMs = untilMs + Math.ceil(this.#leaseMs / 3);
    this.#holds.lease(this.#leasedUntilMs);
  }

  #change(reservation: Reservation, after: State): void {
    const { held, state: before } = reservation;
    for (const one of held) {
      this.#counts.change(one, counted(one, after) - counted(one, before));
      this.#holds.change(one, givenBack(one, after) - givenBack(one, before));
    }
    this.#become(reservation, after);
  }

  #become(reservation: Reservation, after: State): void {
    const { id, state: before } = reservation;
    this.#before.push({ reservation, state: before });
    const [from, to] = [this.#mapFor(before), this.#mapFor(after)];
    reservation.state = after;
    // What expires later comes after all others.
    if (from === to && before.expiresAtMs === after.expiresAtMs) return;
    from.delete(id);
    this.#keep(reservation);
  }

  #of(id: string): Reservation | undefined {
    return this.#live.get(id) ?? this.#open.get(id) ?? this.#expired.get(id);
  }

  #takeOut(id: string): Reservation | undefined {
    const reservation = this.#of(id);
    if (!reservation) return undefined;
    this.#before.push({ reservation, state: reservation.state });
    this.#mapFor(reservation.state).delete(id);
    return reservation;
  }

  #keep(reservation: Reservation): void {
    const { id, state } = reservation;
    this.#mapFor(state).set(id, reservation);
    if (!state.isExpired) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, state.expiresAtMs);
  }

  #mapFor({ isExpired, isRecorded }: State): Kept {
    if (!isExpired) return this.#live;
    return isRecorded ? this.#open : this.#expired;
  }

  #undo(): void {
    for (const { reservation, state } of this.#before.reverse()) {
      this.#mapFor(reservation.state).delete(reservation.id);
      if (!state) continue;
      reservation.state = state;
      this.#keep(reservation);
    }
    if (this.#before.length > 0) this.#sort();
    this.#lookedForLeftAtMs = Number.NEGATIVE_INFINITY;
  }

  #sort(): void {
    const inOrder = [...this.#live].sort(([, a], [, b]) => a.state.expiresAtMs - b.state.expiresAtMs);
    for (const [id, reservation] of inOrder) {
      this.#live.delete(id);
      this.#live.set(id, reservation);
    }
  }
}

/** What is no whole number must not keep what others have used off the disk: it counts as reserved. */
function keptOf({ amount }: Held, used: number | undefined): number {
  return used !== undefined && Number.isSafeInteger(used) ? used : amount;
}

/** How much of it counts. */
function counted(held: Held, state: State): number {
  return !state.isExpired || isUsed(held, state) ? held.amount : 0;
}

/** How much of it somebody else gives back should this process end. */
function givenBack(held: Held, state: State): number {
  return !state.isExpired && !isUsed(held, state) ? held.amount : 0;
}

function isUsed({ isGauge }: Held, { isRecorded }: State): boolean {
  return isRecorded && !isGauge;
}

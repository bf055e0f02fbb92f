import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import { failureReason } from './failure.js';

/** One thing to be done in the next transaction. */
interface Order {
  readonly work: (nowMs: number) => unknown;
  /** The id of what it reserves, */
  readonly reserves: string | undefined;
  /** or of what it settles. */
  readonly settles: string | undefined;
  outcome: unknown;
  failure: { readonly cause: unknown } | undefined;
}

/**
 * What is to be done in the next transaction of counts, and those who wait for it: they share the fate of the transaction, so
 * they share one promise.
 */
export class CountOrders {
  readonly #isReserved: (id: string) => boolean;
  #orders: Order[] = [];
  /** What was settled and could not be written. Nobody asks for it again, so it goes with the next transaction. */
  #owed: Order[] = [];
  #committed = Promise.withResolvers<void>();
  /** Ids that are not to be reserved any more, some with the reason. */
  readonly #givenUp = new Map<string, GatewayError | undefined>();

  constructor(isReserved: (id: string) => boolean) {
    this.#isReserved = isReserved;
  }

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.#orders.length === 0;
  }

  /** Whether there is nothing to be written. */
  get isDone(): boolean {
    return this.isEmpty && this.#owed.length === 0;
  }

  /** Resolves once it is done. */
  add(work: (nowMs: number) => void, settles?: string): Promise<void> {
    this.#push({ work, reserves: undefined, settles });
    return this.#committed.promise;
  }

  /** Resolves with what came of it. What it throws is its own failure, unless it is the database's. */
  ask<T>(work: (nowMs: number) => T, reserves: string): Promise<T> {
    const order = this.#push({ work, reserves, settles: undefined });
    return this.#committed.promise.then(() => outcomeOf(order) as T);
  }

  /** What waits to be reserved under an id is void. */
  giveUp(id: string, reason?: GatewayError): void {
    this.#givenUp.set(id, reason);
  }

  /** Within the transaction; again in another one, where it failed. Throws what ends the whole of it. */
  run(nowMs: number): void {
    for (const order of this.#owed) this.#runOne(order, nowMs);
    for (const order of this.#orders) this.#runOne(order, nowMs);
  }

  /** After it. Whoever wants something from now on waits for the next one. */
  end(failed?: GatewayError): void {
    if (failed) this.#owed = this.#owedAfter(failed);
    else if (this.#owed.length > 0) this.#owed = [];
    if (this.isEmpty) return;
    const { resolve, reject } = this.#committed;
    this.#orders = [];
    this.#givenUp.clear();
    this.#committed = Promise.withResolvers<void>();
    if (failed) reject(failed);
    else resolve();
  }

  /** Nothing where it may be an order that is at fault: it would be in the way of all others again and again. */
  #owedAfter({ cause }: GatewayError): Order[] {
    if (failureReason(cause) === undefined) return [];
    const isOwed = ({ settles }: Order): boolean => settles !== undefined && this.#isReserved(settles);
    return this.#owed.concat(this.#orders.filter(isOwed));
  }

  #push({ work, reserves, settles }: Pick<Order, 'work' | 'reserves' | 'settles'>): Order {
    const order: Order = { work, reserves, settles, outcome: undefined, failure: undefined };
    this.#orders.push(order);
    return order;
  }

  #runOne(order: Order, nowMs: number): void {
    const { work, reserves } = order;
    order.failure = undefined;
    try {
      if (reserves !== undefined && this.#givenUp.has(reserves)) throw this.#givenUp.get(reserves) ?? givenUp();
      order.outcome = work(nowMs);
    } catch (cause) {
      if (reserves === undefined || isDatabaseFailure(cause)) throw cause;
      order.failure = { cause };
    }
  }
}

function givenUp(): GatewayError {
  return gatewayError('storage_unavailable', { message: 'The reservation was given up.' });
}

function isDatabaseFailure(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'errcode' in cause;
}

function outcomeOf({ outcome, failure }: Order): unknown {
  if (failure) throw failure.cause;
  return outcome;
}

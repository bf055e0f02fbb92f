/** What a request has taken of one count. */
export interface Taken {
  readonly name: string;
  readonly startsAtMs: number;
  readonly amount: number;
  readonly isGauge: boolean;
}

export interface Request {
  readonly id: string;
  readonly taken: readonly Taken[];
  expiresAtMs: number;
  isExpired: boolean;
  isRecorded: boolean;
}

/** What is to be expected of one process. */
export class MemberModel {
  readonly requests: Request[] = [];
  isStopped = false;
  leasedUntilMs = Number.NEGATIVE_INFINITY;
  readonly #leaseMs: number;

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  hold(request: Omit<Request, 'expiresAtMs' | 'isExpired'>, nowMs: number): void {
    this.requests.push({ ...request, expiresAtMs: nowMs + this.#leaseMs, isExpired: false });
    this.#lease(nowMs);
  }

  renew(nowMs: number, ids: readonly string[]): void {
    for (const request of this.requests) {
      if (!ids.includes(request.id)) continue;
      request.expiresAtMs = nowMs + this.#leaseMs;
      request.isExpired = false;
      this.#lease(nowMs);
    }
  }

  /** It looks what of its own has expired; stopped, others do, once its lease is over. */
  look(nowMs: number): void {
    const isLost = this.leasedUntilMs <= nowMs;
    for (const request of this.requests) {
      if (isLost || (!this.isStopped && request.expiresAtMs <= nowMs)) request.isExpired = true;
    }
    if (isLost) this.leasedUntilMs = Number.NEGATIVE_INFINITY;
  }

  #lease(nowMs: number): void {
    const untilMs = nowMs + this.#leaseMs;
    if (untilMs > this.leasedUntilMs) this.leasedUntilMs = untilMs + this.#leaseMs / 3;
  }
}

/** What should be counted: what live requests hold, and what those have used that are over or whose process has ended. */
export class CountingModel {
  /** Ids of those that were written. */
  readonly rows = new Set<string>();
  readonly #members = new Set<MemberModel>();
  /** By count. */
  readonly #used = new Map<string, number>();

  join(member: MemberModel): void {
    this.#members.add(member);
  }

  settle(member: MemberModel, request: Request, used: Readonly<Record<string, number>>): void {
    member.requests.splice(member.requests.indexOf(request), 1);
    for (const { name, startsAtMs, amount, isGauge } of request.taken) {
      if (!isGauge) this.#add(`${name}@${startsAtMs}`, used[name] ?? amount);
    }
  }

  /** Its process ends: of a request with a row what it has reserved counts for good. */
  end(member: MemberModel): void {
    this.#members.delete(member);
    for (const request of member.requests.filter(({ isRecorded }) => isRecorded)) this.settle(member, request, {});
  }

  look(nowMs: number): void {
    for (const member of this.#members) member.look(nowMs);
  }

  /** By count. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map(this.#used);
    for (const { requests } of this.#members) {
      for (const request of requests) {
        for (const taken of request.taken) {
          const count = `${taken.name}@${taken.startsAtMs}`;
          counts.set(count, (counts.get(count) ?? 0) + countedOf(taken, request));
        }
      }
    }
    return counts;
  }

  #add(count: string, amount: number): void {
    this.#used.set(count, (this.#used.get(count) ?? 0) + amount);
  }
}

function countedOf({ amount, isGauge }: Taken, { isExpired, isRecorded }: Request): number {
  return !isExpired || (isRecorded && !isGauge) ? amount : 0;
}

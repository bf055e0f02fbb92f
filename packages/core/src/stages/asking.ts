import type { AdmissionRequest, LedgerIntent, Principal } from '@sluice/contract';
import { intentOf } from '../call-record.js';
import { AtMost } from './at-most.js';
import type { AtMostParts } from './at-most.js';

export interface AskingParts extends AtMostParts {
  readonly principal: Principal;
  readonly mayGoElsewhere: boolean;
}

/** What the limiter may want to know of a request; most of it is made only where it does. */
export class Asking implements AdmissionRequest {
  readonly id: string;
  readonly principal: Principal;
  readonly mayGoElsewhere: boolean;
  readonly atMost: AtMost;
  readonly #parts: AskingParts;

  constructor(parts: AskingParts) {
    this.id = parts.call.received.requestId;
    this.principal = parts.principal;
    this.mayGoElsewhere = parts.mayGoElsewhere;
    this.atMost = new AtMost(parts);
    this.#parts = parts;
  }

  get models(): readonly string[] {
    const { call, candidates } = this.#parts;
    const place = candidates[0]?.circuit;
    return place === undefined || place === call.requestedModel ? [call.requestedModel] : [call.requestedModel, place];
  }

  get mayBeUnpriced(): boolean {
    return this.atMost.mayBeUnpriced;
  }

  get endUser(): string | undefined {
    return this.#parts.call.endUser;
  }

  toRow(reservedNanoUsd: number | undefined): LedgerIntent {
    return intentOf(this.#parts.call, reservedNanoUsd);
  }
}

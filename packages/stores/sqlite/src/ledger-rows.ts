import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { LedgerIntent, LedgerSettlement } from '@sluice/contract';
import type { Checkpointer } from './checkpointer.js';
import { toJson } from './json-column.js';
import { INTENT_COLUMNS, RARE_INTENT_COLUMNS, RARE_SETTLEMENT_COLUMNS, SETTLEMENT_COLUMNS } from './ledger-row.js';
import type { LedgerOwner } from './owner.js';
import { PriceTable } from './price-table.js';
import { RowInsert } from './row-insert.js';
import type { RowInsertInit } from './row-insert.js';

/** What one transaction writes of the ledger. */
export interface LedgerBatch {
  readonly intents: readonly LedgerIntent[];
  readonly settlements: readonly LedgerSettlement[];
}

export interface LedgerRowsInit {
  readonly owner: Pick<LedgerOwner, 'id' | 'claim' | 'mark' | 'committed'>;
  readonly checkpointer: Pick<Checkpointer, 'count'>;
}

/** The writing of the ledger's rows, in transactions of its caller. */
export class LedgerRows {
  readonly #owner: LedgerRowsInit['owner'];
  readonly #checkpointer: LedgerRowsInit['checkpointer'];
  readonly #prices: PriceTable;
  readonly #intents: RowInsert<LedgerIntent>;
  readonly #settlements: RowInsert<LedgerSettlement>;

  constructor(database: DatabaseSync, { owner, checkpointer }: LedgerRowsInit) {
    this.#owner = owner;
    this.#checkpointer = checkpointer;
    this.#prices = new PriceTable(database);
    this.#intents = new RowInsert<LedgerIntent>(database, {
      table: 'ledger_intents',
      columns: INTENT_COLUMNS,
      bind: (values, intent) => bindIntent(values, intent, owner.id),
      rare: rareOfIntent,
    });
    this.#settlements = new RowInsert<LedgerSettlement>(database, {
      table: 'ledger_settlements',
      columns: SETTLEMENT_COLUMNS,
      bind: (values, settlement) => bindSettlement(values, settlement, this.#prices.versionOf(settlement.prices)),
      rare: rareOfSettlement,
    });
  }

  /** Before the transaction. */
  prepare(): void {
    this.#owner.claim();
  }

  /** Within it. */
  write({ intents, settlements }: LedgerBatch): void {
    this.#intents.run(intents);
    this.#settlements.run(settlements);
    this.#owner.mark(intents);
  }

  committed({ intents, settlements }: LedgerBatch): void {
    this.#owner.committed(intents, settlements);
    this.#checkpointer.count(intents.length + settlements.length);
  }

  failed(): void {
    this.#prices.forget();
  }
}

// These run for every request: nothing is built but the text of the attempts.
function bindIntent(values: SQLInputValue[], intent: LedgerIntent, owner: number): void {
  values.push(
    intent.id,
    intent.startedAtMs,
    intent.keyId,
    intent.tenant,
    intent.route,
    intent.requestedModel,
    intent.stream ? 1 : 0,
    owner,
    intent.reservedNanoUsd ?? null,
    intent.promptBytes ?? null,
    intent.keyName ?? null,
  );
}

const rareOfIntent: RowInsertInit<LedgerIntent>['rare'] = {
  columns: RARE_INTENT_COLUMNS,
  isIn: ({ clientRequestId, team, user, endUser, tags }) =>
    (clientRequestId ?? team ?? user ?? endUser ?? tags) !== undefined,
  bind(values, { clientRequestId, team, user, endUser, tags }) {
    values.push(clientRequestId ?? null, team ?? null, user ?? null, endUser ?? null, toJson(tags));
  },
};

function bindSettlement(values: SQLInputValue[], settlement: LedgerSettlement, priceVersion: string | null): void {
  values.push(
    settlement.id,
    settlement.settledAtMs,
    settlement.status,
    settlement.provider ?? null,
    settlement.model ?? null,
    JSON.stringify(settlement.attempts),
    settlement.inputTokens,
    settlement.outputTokens,
    settlement.cachedTokens,
    settlement.costMicroUsd ?? null,
    settlement.usageSource,
    settlement.durationMs,
    priceVersion,
  );
}

const rareOfSettlement: RowInsertInit<LedgerSettlement>['rare'] = {
  columns: RARE_SETTLEMENT_COLUMNS,
  isIn: ({ errorCode, cache, firstTokenMs, usageSuspect, overReserved, priced }) =>
    (errorCode ?? cache ?? firstTokenMs ?? usageSuspect ?? overReserved ?? priced) !== undefined,
  bind(values, { errorCode, cache, firstTokenMs, usageSuspect, overReserved, priced }) {
    const flags = [usageSuspect ? 1 : null, overReserved ? 1 : null] as const;
    values.push(errorCode ?? null, cache ?? null, firstTokenMs ?? null, ...flags, toJson(priced));
  },
};

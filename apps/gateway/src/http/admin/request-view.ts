import type { AttemptRecord, LedgerRow, PriceRow } from '@sluice/contract';
import { z } from 'zod';

const count = z.int().nonnegative();
const instant = z.iso.datetime();

const attemptView = z
  .strictObject({
    provider: z.string(),
    model: z.string(),
    status: z.int().nullable().meta({ description: 'The HTTP status of the provider; null when none came.' }),
    errorCode: z.string().nullable(),
    durationMs: z.number().nonnegative(),
    continues: z
      .boolean()
      .meta({ description: 'Whether it was to go on with the answer that an attempt before it began.' }),
    providerKey: z.int().nonnegative().nullable().meta({
      description: "The number, from 0, of the provider's key among its `apiKeys`; null where it has one.",
    }),
    hedge: z.boolean().meta({ description: 'Made beside one that was slow, not after it.' }),
    abandoned: z.boolean().meta({ description: 'Ended because the other one answered first.' }),
    costMicroUsd: count.nullable().meta({
      description: 'What an abandoned one is estimated to have cost; no part of the cost of the request.',
    }),
  })
  .meta({ description: 'One try at one provider.' });

const adjustmentView = z
  .strictObject({
    id: z.string(),
    madeAt: instant,
    microUsd: z.int().meta({ description: 'What it costs more than before, or less.' }),
    priceVersion: z.string().meta({ description: 'Names the prices by which it costs that.' }),
  })
  .meta({ description: 'What pricing a request again came to.' });

const priceView = z
  .strictObject({
    tier: z.string().nullable().meta({ description: 'The service tier; null for the standard one.' }),
    aboveInputTokens: count
      .nullable()
      .meta({ description: 'Of requests with more input tokens than this; null for all.' }),
    hours: z
      .strictObject({ fromMinute: count, toMinute: count })
      .nullable()
      .meta({ description: 'Minutes of the day in UTC between which it holds; null for all day.' }),
    picoUsd: z
      .record(z.string(), count)
      .meta({ description: 'Millionths of a millionth of a US dollar for one of a unit.' }),
  })
  .meta({ description: 'Unit prices under one condition.' });

/** A ledger row as operators see it. What is not known, or not known yet, is null. */
export const requestView = z
  .strictObject({
    id: z.string().meta({ description: "The gateway's own id of the request." }),
    clientRequestId: z.string().nullable().meta({ description: 'The x-request-id that the caller sent.' }),
    state: z.enum(['open', 'settled']).meta({ description: 'open: the request has not ended yet.' }),
    status: z.int().nullable().meta({ description: 'The HTTP status that the caller got; 499 when it left.' }),
    errorCode: z.string().nullable(),
    requestedModel: z.string().meta({ description: 'The model as the caller wrote it.' }),
    model: z.string().nullable().meta({ description: 'The model that answered, in the words of its provider.' }),
    provider: z.string().nullable().meta({ description: 'The provider that answered.' }),
    key: z.string().meta({ description: "The id of the caller's key; `admin` for the admin key." }),
    keyName: z.string().nullable().meta({ description: 'What the key was called then.' }),
    tenant: z.string().meta({ description: 'The id of the organisation.' }),
    team: z.string().nullable(),
    user: z.string().nullable(),
    endUser: z.string().nullable().meta({ description: 'For whom the caller asked, in its own words.' }),
    tags: z.array(z.string()).meta({ description: 'Of `x-sluice-tags` and of `metadata.tags`.' }),
    route: z.string(),
    stream: z.boolean(),
    inputTokens: count.nullable(),
    outputTokens: count.nullable(),
    cachedTokens: count.nullable(),
    costMicroUsd: count.nullable().meta({ description: 'Millionths of a US dollar; null where no price is known.' }),
    adjustments: z
      .array(adjustmentView)
      .meta({ description: 'What was added to costMicroUsd since, in that order; sums of spending have both.' }),
    priceVersion: z.string().nullable().meta({ description: 'Names `prices`: the same ones have the same name.' }),
    prices: z.array(priceView).nullable().meta({ description: 'The unit prices that the cost was worked out by.' }),
    usageSource: z.enum(['provider', 'counted', 'estimated', 'unknown']).nullable(),
    usageSuspect: z
      .boolean()
      .nullable()
      .meta({ description: 'What the provider reported cannot be true, and is counted as far as it can.' }),
    overReserved: z.boolean().nullable().meta({ description: 'It cost more than was reserved of budgets.' }),
    cache: z.enum(['hit', 'miss', 'refresh', 'bypass']).nullable(),
    attempts: z.array(attemptView).meta({ description: 'In the order in which they were made.' }),
    firstTokenMs: z.number().nonnegative().nullable(),
    durationMs: z.number().nonnegative().nullable(),
    startedAt: instant,
    settledAt: instant.nullable(),
  })
  .meta({ description: 'One request of a caller.' });

const text = z.string().nullable();

/** With what was said, where that is kept. */
export const shownRequestView = requestView.safeExtend({
  bodies: z.enum(['off', 'kept', 'cut', 'withheld']).meta({
    description:
      'off: neither body is kept; kept: both are; cut: not all of them, because of its size or because it is no text; withheld: the caller may not read them.',
  }),
  request: text.meta({ description: 'The body that the caller sent, redacted.' }),
  response: text.meta({ description: 'The body that it got, as far as it got it, redacted.' }),
});

export type RequestView = z.output<typeof requestView>;

/** A row of the ledger in the form of {@link requestView}. */
export function toRequestView({ settlement, adjustments = [], ...intent }: LedgerRow): RequestView {
  return {
    id: intent.id,
    clientRequestId: intent.clientRequestId ?? null,
    state: settlement ? 'settled' : 'open',
    requestedModel: intent.requestedModel,
    key: intent.keyId,
    keyName: intent.keyName ?? null,
    tenant: intent.tenant,
    team: intent.team ?? null,
    user: intent.user ?? null,
    endUser: intent.endUser ?? null,
    tags: [...(intent.tags ?? [])],
    route: intent.route,
    stream: intent.stream,
    startedAt: toIso(intent.startedAtMs),
    adjustments: adjustments.map(({ id, madeAtMs, microUsd, priceVersion }) => ({
      ...{ id, microUsd, priceVersion },
      madeAt: toIso(madeAtMs),
    })),
    ...toOutcomeView(settlement),
  };
}

function toOutcomeView(settlement: LedgerRow['settlement']) {
  return {
    status: settlement?.status ?? null,
    errorCode: settlement?.errorCode ?? null,
    model: settlement?.model ?? null,
    provider: settlement?.provider ?? null,
    inputTokens: settlement?.inputTokens ?? null,
    outputTokens: settlement?.outputTokens ?? null,
    cachedTokens: settlement?.cachedTokens ?? null,
    costMicroUsd: settlement?.costMicroUsd ?? null,
    priceVersion: settlement?.priceVersion ?? null,
    prices: settlement?.prices?.map(toPriceView) ?? null,
    usageSource: settlement?.usageSource ?? null,
    ...toFlags(settlement),
    cache: settlement?.cache ?? null,
    attempts: (settlement?.attempts ?? []).map(toAttemptView),
    firstTokenMs: settlement?.firstTokenMs ?? null,
    durationMs: settlement?.durationMs ?? null,
    settledAt: settlement ? toIso(settlement.settledAtMs) : null,
  };
}

function toFlags(settlement: LedgerRow['settlement']) {
  if (!settlement) return { usageSuspect: null, overReserved: null };
  const { usageSuspect = false, overReserved = false } = settlement;
  return { usageSuspect, overReserved };
}

function toAttemptView(attempt: AttemptRecord): z.output<typeof attemptView> {
  const { provider, model, status = null, errorCode = null, durationMs, continues = false, key = null } = attempt;
  const { hedge = false, abandoned = false, costMicroUsd = null } = attempt;
  const made = { continues, providerKey: key, hedge, abandoned, costMicroUsd };
  return { provider, model, status, errorCode, durationMs, ...made };
}

function toPriceView({ tier, aboveInputTokens, hours, picoUsd }: PriceRow): z.output<typeof priceView> {
  const condition = { tier: tier ?? null, aboveInputTokens: aboveInputTokens ?? null, hours: hours ?? null };
  return { ...condition, picoUsd: { ...picoUsd } };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

import { SAMPLING_PARAMETERS } from '@sluice/contract';
import { durationMs, isSafeUrl } from '@sluice/toolkit';
import { z } from 'zod';
import { toPico, toPicoUsd } from './picousd.js';
import { CAPABILITIES, DATE, EFFORTS, MODES, OTHER_UNITS, TOKEN_UNITS } from './vocabulary.js';

/** Beyond these, for a million tokens, a price is a slip of the unit rather than a price. */
const MIN_PICO = 100n;
const MAX_PICO = 10_000_000_000n;
const MILLION = 1_000_000n;
const HOURS = /^(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$/;

const amountOfUsd = z.union([z.number().describe('In USD.'), z.string().describe('In USD, as decimal digits.')], {
  error: 'expected an amount of USD',
});
const NO_AMOUNT = { code: 'custom', message: 'expected an amount of USD, such as 2.5 or "0.075"' } as const;

const usd = amountOfUsd.transform((amount, context) => {
  const pico = toPicoUsd(String(amount));
  if (pico !== undefined) return pico;
  context.addIssue(NO_AMOUNT);
  return z.NEVER;
});

/** USD for a million tokens in, pico-USD for one token out: a millionth of a million millionths, so whole. */
const tokenPrice = amountOfUsd.transform((amount, context) => {
  const pico = toPico(String(amount));
  if (pico === undefined) {
    context.addIssue(NO_AMOUNT);
    return z.NEVER;
  }
  const perToken = pico / MILLION;
  const isPrice = pico % MILLION === 0n && perToken >= MIN_PICO && perToken <= MAX_PICO;
  if (pico === 0n || isPrice) return Number(perToken);
  context.addIssue({
    code: 'custom',
    message: 'expected USD for a million tokens, from 0.0001 to 10000 with six decimals at most, or 0',
  });
  return z.NEVER;
});

/** `16:30-00:30`, in UTC, as minutes of the day. */
const hours = z
  .string()
  .regex(HOURS, 'expected HH:MM-HH:MM in UTC, such as 16:30-00:30')
  .transform((text) => {
    const [fromMinute = 0, toMinute = 0] = text.split('-').map(toMinutes);
    return { fromMinute, toMinute };
  })
  .describe('Holds for requests that begin in these hours of each day, in UTC: 16:30-00:30 goes over midnight.');

function toMinutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

const priceRow = z
  .strictObject({
    tier: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Service tier that the provider reports: flex, priority, batch. Absent = the standard one.'),
    aboveInputTokens: z
      .int()
      .positive()
      .exactOptional()
      .describe('Holds for requests with more input tokens than this, for all of their tokens.'),
    hours: hours.exactOptional(),
    usdPerMillionTokens: z
      .partialRecord(z.enum(TOKEN_UNITS), tokenPrice)
      .default({})
      .describe('input, cachedInput, cacheWrite, cacheWrite1h, output, reasoning, audioInput, audioOutput.'),
    usdPerUnit: z
      .partialRecord(z.enum(OTHER_UNITS), usd)
      .default({})
      .describe('image, audioSecond, character, searchUnit.'),
  })
  .transform(({ usdPerMillionTokens, usdPerUnit, ...condition }) => ({
    ...condition,
    picoUsd: { ...usdPerMillionTokens, ...usdPerUnit },
  }));

const limit = z.int().positive().exactOptional();

const modelOverride = z
  .strictObject({
    like: z
      .string()
      .regex(/^[^/]+\/.+$/, 'expected KIND/MODEL')
      .exactOptional()
      .describe('A model of the catalogue, as KIND/MODEL, whose facts hold where nothing else is said here.'),
    modes: z.array(z.enum(MODES)).min(1).exactOptional().describe('What it is asked for.'),
    can: z.array(z.enum(CAPABILITIES)).exactOptional().describe('What it can do, beside what is known.'),
    cannot: z.array(z.enum(CAPABILITIES)).exactOptional().describe('What it cannot do; requests go elsewhere.'),
    efforts: z.array(z.enum(EFFORTS)).exactOptional().describe('Efforts of reasoning that it takes.'),
    defaultEffort: z.enum(EFFORTS).exactOptional().describe('Its effort where the caller names none.'),
    refuses: z
      .strictObject({
        parameters: z
          .array(z.enum(SAMPLING_PARAMETERS))
          .describe('temperature, top_p and the like; an empty list: none.'),
        when: z.enum(['always', 'reasoning']).default('always').describe('always, or only while the model reasons.'),
      })
      .exactOptional()
      .describe('Sampling parameters that it answers with an error; they are dropped, and the caller is told.'),
    maxInputTokens: limit.describe('Tokens that it reads.'),
    maxOutputTokens: limit.describe('Tokens that it writes.'),
    retiresOn: z.string().regex(DATE, 'expected YYYY-MM-DD').exactOptional().describe('When the vendor takes it away.'),
    prices: z.array(priceRow).exactOptional().describe('What it costs; replaces all that is known.'),
  })
  .describe('What is known of one model.');

const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[mhd]$/, 'expected a whole number and a unit: 30m, 6h or 1d')
  .transform(durationMs);

const source = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address that begins with https:// or http://' })
      .refine(isConfidential, 'expected https://: over plain HTTP anybody between could set the prices')
      .exactOptional()
      .describe('Where it is fetched from, without following redirects. Credentials do not belong here.'),
    file: z.string().min(1).exactOptional().describe('Or the file that it is read from.'),
    every: duration.prefault('1d').describe('How often: a number and m, h or d.'),
    maxPriceFactor: z
      .number()
      .min(1)
      .default(5)
      .describe('A catalogue in which a price rises or falls by more than this factor is not taken unless told to.'),
  })
  .refine(({ url, file }) => (url === undefined) !== (file === undefined), 'expected url or file, one of them')
  .describe('A catalogue that takes the place of the one that comes with the gateway, read again and again.');

/** Anybody between could write the prices; in a network of one's own, nobody is. */
function isConfidential(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || !isSafeUrl(`http://${hostname}/`);
}

/** The `catalogue:` block of the operator's file. */
export const catalogueSettings = z
  .strictObject({
    source: source.exactOptional(),
    models: z
      .record(z.string().regex(/^[^/]+\/.+$/, 'expected PROVIDER/MODEL or KIND/MODEL'), modelOverride)
      .default({})
      .describe('By PROVIDER/MODEL for one provider, by KIND/MODEL for all of a kind; the former wins.'),
  })
  .describe('What is known of models, where it differs from the catalogue that comes with the gateway.');

export type CatalogueSettings = z.output<typeof catalogueSettings>;
/** `every` is in milliseconds. */
export type CatalogueSourceSettings = NonNullable<CatalogueSettings['source']>;
export type ModelOverride = CatalogueSettings['models'][string];

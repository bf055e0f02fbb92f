import { isJsonObject } from '@sluice/toolkit';
import type {
  AmountsUsed,
  ChatRequest,
  DialectId,
  JsonObject,
  OperationName,
  ParsedCall,
  PriceUse,
  Usage,
} from '@sluice/contract';
import type { Call } from '../call.js';
import { estimatePrompt } from '../estimate.js';
import type { Candidate } from '../routing/plan.js';
import { toNanoUsd } from '../usd.js';
import { choicesOf, outputBound } from './asked-output.js';

export interface AtMostParts {
  readonly call: Call;
  readonly operation: OperationName | undefined;
  /** In whose words the body is; absent where that is not known. */
  readonly dialect: DialectId | undefined;
  /** The body. Of its long strings the beginning is enough, which spares reading all of it once more. */
  readonly wire: JsonObject;
  /** Absent where nothing but bytes is known. */
  readonly parsed?: Pick<ParsedCall<unknown>, 'features' | 'toRequest'>;
  readonly candidates: readonly Candidate[];
  readonly priceUse: PriceUse | undefined;
  readonly assumedOutputTokens: number;
}

/** Few texts have fewer bytes to a token: an estimate that is rather too high, for what is too much is given back. */
const BYTES_PER_TOKEN = 3;
/** A second of speech in few bytes, compressed as tightly as it can still be understood. */
const BYTES_PER_SECOND = 2_000;
/** A generated picture that is charged by tokens has some thousand. */
const TOKENS_PER_IMAGE = 6_500;
const FREE: ReadonlySet<OperationName> = new Set(['countTokens']);
const MEDIA: ReadonlySet<string> = new Set(['vision', 'files', 'audio']);

/** The most that a request may use, estimated; read only by what limits it. */
export class AtMost implements AmountsUsed {
  readonly #parts: AtMostParts;
  #inputTokens: number | undefined;
  #outputTokens: number | undefined;
  #priced: Priced | undefined;

  constructor(parts: AtMostParts) {
    this.#parts = parts;
  }

  get inputTokens(): number {
    return (this.#inputTokens ??= inputTokensOf(this.#parts));
  }

  get outputTokens(): number {
    return (this.#outputTokens ??= outputTokensOf(this.#parts));
  }

  /** At the dearest of the targets that may be asked; nothing where none has a price. */
  get nanoUsd(): number | undefined {
    return (this.#priced ??= this.#price()).nanoUsd;
  }

  /** Whether one of the targets that may be asked has no price for it. */
  get mayBeUnpriced(): boolean {
    return (this.#priced ??= this.#price()).mayBeUnpriced;
  }

  #price(): Priced {
    const { candidates, priceUse, wire, operation, call } = this.#parts;
    if (operation && FREE.has(operation)) return { nanoUsd: 0, mayBeUnpriced: false };
    if (!priceUse) return { nanoUsd: undefined, mayBeUnpriced: true };
    const usage = this.#usage();
    const tier = wire['service_tier'];
    const serviceTier = typeof tier === 'string' ? tier : undefined;
    let dearest: bigint | undefined;
    let mayBeUnpriced = candidates.length === 0;
    for (const { target } of candidates) {
      const prices = target.facts?.prices ?? [];
      const use = {
        prices,
        usage: writesCache(prices, wire) ? cached(usage) : usage,
        serviceTier,
        atMs: call.startedAtMs,
      };
      const cost = prices.length === 0 ? undefined : priceUse(use);
      mayBeUnpriced ||= cost === undefined;
      if (cost !== undefined && (dearest === undefined || cost > dearest)) dearest = cost;
    }
    return { nanoUsd: dearest === undefined ? undefined : toNanoUsd(dearest), mayBeUnpriced };
  }

  #usage(): Usage {
    const { call, dialect, wire, operation } = this.#parts;
    const tokens = { inputTokens: this.inputTokens, outputTokens: this.outputTokens };
    if (operation === 'image') return { ...tokens, images: choicesOf(dialect, wire) };
    if (operation === 'speech') return { ...tokens, characters: call.characters ?? call.bodyBytes };
    if (operation === 'transcription') return { ...tokens, audioSeconds: Math.ceil(call.bodyBytes / BYTES_PER_SECOND) };
    return operation === 'rerank' ? { ...tokens, searchUnits: 1 } : tokens;
  }
}

interface Priced {
  readonly nanoUsd: number | undefined;
  readonly mayBeUnpriced: boolean;
}

type Prices = NonNullable<Candidate['target']['facts']>['prices'];

/** Where the request marks something to be kept, all of it may be written to the vendor's cache, at its price. */
function writesCache(prices: Prices, wire: JsonObject): boolean {
  const isDearer = prices.some(
    ({ picoUsd: { cacheWrite, cacheWrite1h } }) => cacheWrite !== undefined || cacheWrite1h !== undefined,
  );
  return isDearer && marksCache(wire);
}

const MARK_KEYS = ['system', 'messages', 'tools', 'content'] as const;

function marksCache(value: unknown, depth = 0): boolean {
  if (Array.isArray(value)) return depth < 4 && value.some((one) => marksCache(one, depth + 1));
  if (!isJsonObject(value)) return false;
  if (value['cache_control'] !== undefined) return true;
  return depth < 4 && MARK_KEYS.some((key) => marksCache(value[key], depth + 1));
}

function cached(usage: Usage): Usage {
  return { ...usage, cacheWriteTokens: usage.inputTokens, cacheWrite1hTokens: usage.inputTokens };
}

function inputTokensOf({ call, operation, parsed }: AtMostParts): number {
  if (operation && (FREE.has(operation) || operation === 'speech' || operation === 'transcription')) return 0;
  // Of media the bytes tell nothing.
  if (operation === 'chat' && parsed?.features.some((feature) => MEDIA.has(feature))) {
    return Math.ceil((estimatePrompt(parsed.toRequest() as ChatRequest) * 4) / BYTES_PER_TOKEN);
  }
  return Math.ceil(call.bodyBytes / BYTES_PER_TOKEN);
}

function outputTokensOf({ operation, dialect, wire, candidates, assumedOutputTokens }: AtMostParts): number {
  if (operation === 'image') return choicesOf(dialect, wire) * TOKENS_PER_IMAGE;
  if (operation !== undefined && operation !== 'chat') return 0;
  const assumed = Math.min(assumedOutputTokens, mostOf(candidates));
  return choicesOf(dialect, wire) * outputBound(dialect, wire, assumed);
}

/** What the model can write at most; of several, the longest. */
function mostOf(candidates: readonly Candidate[]): number {
  let most = 0;
  for (const { target } of candidates) most = Math.max(most, target.facts?.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  return most === 0 ? Number.POSITIVE_INFINITY : most;
}

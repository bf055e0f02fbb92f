import type { Finish, JsonObject } from '@sluice/contract';
import { ownState, restOf } from './anthropic-state.js';
import { isKnownStopReason, toFinish } from './anthropic-usage.js';
import { isJsonObject } from './json.js';

const MESSAGE_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'model',
  'content',
  'stop_reason',
  'usage',
  // Of a `message_delta`, whose fields are looked at apart.
  'delta',
]);
const USAGE_FIELDS: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation',
  'output_tokens_details',
  'service_tier',
]);
/** The tier that an answer was served on, in the words of all vendors. */
const TIERS: ReadonlyMap<string, string> = new Map([['standard', 'default']]);
const WIRE_TIERS: ReadonlyMap<string, string> = new Map([['default', 'standard']]);

/** What one answer says of itself as a whole, beside its content and its token counts. */
export interface Ending {
  /** Takes a message, a `message_start`'s or a whole one, or the payload of a `message_delta`. */
  see(message: JsonObject): void;
  finish(): Finish;
  /** Why the vendor refused, in its words. They are no part of the content, and other dialects have them there. */
  refusal(): string | undefined;
  /** To be spread into a result or a finish. */
  serviceTier(): { readonly serviceTier?: string };
}

export function createEnding(): Ending {
  return new MessageEnding();
}

class MessageEnding implements Ending {
  #rest: JsonObject = {};
  #usage: JsonObject = {};
  #finish: Finish | undefined;
  #tier: string | undefined;

  see(message: JsonObject): void {
    const { delta, usage } = message;
    this.#rest = { ...this.#rest, ...restOf(message, MESSAGE_FIELDS) };
    this.#stop(message.stop_reason);
    if (isJsonObject(delta)) this.see({ ...delta, delta: undefined });
    if (!isJsonObject(usage)) return;
    this.#usage = { ...this.#usage, ...restOf(usage, USAGE_FIELDS) };
    this.#tier = toTier(usage) ?? this.#tier;
  }

  finish(): Finish {
    const usage = Object.keys(this.#usage).length === 0 ? {} : { usage: this.#usage };
    const data = { ...this.#rest, ...usage };
    const finish = this.#finish ?? { unified: 'other' };
    return Object.keys(data).length === 0 ? finish : { ...finish, opaque: ownState(data) };
  }

  refusal(): string | undefined {
    const { stop_details: details } = this.#rest;
    const explanation = isJsonObject(details) && details.type === 'refusal' ? details.explanation : undefined;
    return typeof explanation === 'string' && explanation !== '' ? explanation : undefined;
  }

  serviceTier(): { readonly serviceTier?: string } {
    return this.#tier === undefined ? {} : { serviceTier: this.#tier };
  }

  #stop(stopReason: unknown): void {
    this.#finish = toFinish(stopReason) ?? this.#finish;
    if (typeof stopReason !== 'string' || isKnownStopReason(stopReason)) return;
    this.#rest = { ...this.#rest, stop_reason: stopReason };
  }
}

/** The tier that a `usage` names, in the words of all vendors. */
export function toTier(usage: unknown): string | undefined {
  const tier = isJsonObject(usage) ? usage.service_tier : undefined;
  return typeof tier === 'string' ? (TIERS.get(tier) ?? tier) : undefined;
}

/** A tier that an answer was served on, in this wire's word where it has one. */
export function toWireTier(tier: string | undefined): string | null {
  return tier === undefined ? null : (WIRE_TIERS.get(tier) ?? tier);
}

import type { CacheMark, JsonObject, VendorState } from '@sluice/contract';
import { isJsonObject } from './json.js';

/** The dialect's id, also the kind of all state that is Anthropic's own. */
export const ANTHROPIC_MESSAGES = 'anthropic-messages';
/** The id of the dialect in which a prompt's tokens are counted. Its fields are those of messages. */
export const ANTHROPIC_COUNT_TOKENS = 'anthropic-count-tokens';

/** State that only a vendor of this dialect understands. */
export function ownState(data: unknown): VendorState {
  return { kind: ANTHROPIC_MESSAGES, data };
}

/** What such state holds; nothing for another vendor's. */
export function ownData(state: VendorState | undefined): JsonObject | undefined {
  return state?.kind === ANTHROPIC_MESSAGES && isJsonObject(state.data) ? state.data : undefined;
}

/** The signature of a thinking block, as state to carry. */
export function signatureState(signature: string): VendorState {
  return ownState({ signature });
}

/** The content of a redacted thinking block, as state to carry. */
export function redactedState(redacted: string): VendorState {
  return ownState({ redacted });
}

/** The wire's fields that a part had beside its canonical ones. */
export function ownFields(state: VendorState | undefined): JsonObject {
  const fields = ownData(state)?.fields;
  return isJsonObject(fields) ? fields : {};
}

/** The fields that are not `known`. Nulls and empty lists, which answers carry as fillers, count as absent. */
export function restOf(wire: JsonObject, known: ReadonlySet<string>): JsonObject {
  const rest: Record<string, unknown> = {};
  for (const name in wire) {
    if (!known.has(name) && !isBlank(wire[name])) rest[name] = wire[name];
  }
  return rest;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** A `cache_control` as a mark; nothing for a form that a mark does not tell. */
export function toCacheMark(control: unknown): CacheMark | undefined {
  if (!isJsonObject(control) || control.type !== 'ephemeral') return undefined;
  const { ttl } = control;
  if (Object.keys(control).length > (ttl === undefined ? 1 : 2)) return undefined;
  if (ttl === undefined) return {};
  return ttl === '5m' || ttl === '1h' ? { ttl } : undefined;
}

/** The `cache_control` field for a mark. */
export function writeCacheMark(mark: CacheMark | undefined): { readonly cache_control?: JsonObject } {
  if (!mark) return {};
  return { cache_control: { type: 'ephemeral', ...(mark.ttl === undefined ? {} : { ttl: mark.ttl }) } };
}

/** How one kind of block is read. */
export interface Reading {
  /** The fields that its canonical part has a place for. */
  readonly known: ReadonlySet<string>;
  /** What else the vendor's own state of the part holds. */
  readonly own?: JsonObject | undefined;
}

/** What every block may have: its mark, and the state that only the vendor understands. */
export function readCommon(
  wire: JsonObject,
  { known, own }: Reading,
): { readonly cache?: CacheMark; readonly opaque?: VendorState } {
  const cache = toCacheMark(wire.cache_control);
  const fields = unknownFields(wire, known);
  const data = Object.keys(fields).length === 0 ? own : { ...own, fields };
  return { ...(cache ? { cache } : {}), ...(data ? { opaque: ownState(data) } : {}) };
}

/** The fields of a block that no canonical part has a place for. A mark that {@link toCacheMark} does not take is one. */
export function unknownFields(wire: JsonObject, known: ReadonlySet<string>): JsonObject {
  const { cache_control: control, ...rest } = restOf(wire, known);
  return control === undefined || toCacheMark(control) ? rest : { ...rest, cache_control: control };
}

import type { Capability, ModelFacts } from '@sluice/contract';
import type { ModelOverride } from './settings.js';
import type { ModelRecord } from './snapshot.js';

const made = new WeakMap<ModelRecord, ModelFacts>();

/** The facts of a record; the same object each time. */
export function toFacts(record: ModelRecord): ModelFacts {
  let facts = made.get(record);
  if (!facts) made.set(record, (facts = makeFacts(record)));
  return facts;
}

function makeFacts({ modes, can, cannot, efforts = [], prices = [], ...rest }: ModelRecord): ModelFacts {
  const { defaultEffort, refuses, maxInputTokens, maxOutputTokens, retiresOn } = rest;
  return Object.freeze({
    modes,
    can: new Set(can),
    cannot: new Set(cannot),
    efforts,
    prices,
    ...defined({ defaultEffort, refuses, maxInputTokens, maxOutputTokens, retiresOn }),
  });
}

const UNKNOWN: ModelFacts = { modes: ['chat'], can: new Set(), cannot: new Set(), efforts: [], prices: [] };

/** What was known, with the operator's word in place of it. */
export function withOverride(known: ModelFacts = UNKNOWN, override: ModelOverride): ModelFacts {
  const { like: _like, can = [], cannot = [], ...rest } = override;
  return Object.freeze({
    ...known,
    ...defined(rest),
    can: combined(known.can, can, cannot),
    cannot: combined(known.cannot, cannot, can),
  });
}

function combined(
  known: ReadonlySet<Capability>,
  added: readonly Capability[],
  removed: readonly Capability[],
): ReadonlySet<Capability> {
  const left = [...known].filter((capability) => !removed.includes(capability));
  return new Set([...left, ...added]);
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

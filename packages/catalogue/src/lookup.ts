import type { ModelCatalogue, ModelFacts } from '@sluice/contract';
import { toFacts, withOverride } from './facts.js';
import type { CatalogueSettings, ModelOverride } from './settings.js';
import type { CatalogueData, ModelRecord } from './snapshot.js';
import { baseOf, otherSpellings } from './spellings.js';

export interface Catalogue {
  /** Nothing where the model is not known. Constant time; a name that was asked before makes nothing new. */
  find(kind: string, model: string): ModelFacts | undefined;
  /** Every name of a kind's models. */
  names(kind: string): ReadonlySet<string>;
  /** The kinds, other than those an operator added, that have this model under exactly this name. */
  kindsOf(model: string): readonly string[];
  /** The models of one provider: those of its kind, with what the operator says of this provider alone. */
  of(provider: { readonly name: string; readonly kind: string }): ModelCatalogue;
}

/** Names that are no model's are remembered too, up to this many for each kind: callers can make up as many as they like. */
const MAX_REMEMBERED = 2_000;
const NO_NAMES: ReadonlySet<string> = new Set();

/** The catalogue with the operator's word on top. What it does not know it says nothing about. */
export function createCatalogue(data: CatalogueData, { models }: CatalogueSettings = { models: {} }): Catalogue {
  const records = indexByKind(data.models);
  const overrides = groupOverrides(models);
  const shelves = new Map<string, Shelf>();
  const shelfOf = (place: string, kind: string): Shelf => {
    const key = JSON.stringify([place, kind]);
    let shelf = shelves.get(key);
    if (!shelf) {
      const below = place === kind ? undefined : shelfOf(kind, kind);
      shelf = new Shelf({
        records: below ? NONE : (records.get(kind) ?? NONE),
        below,
        overrides: overrides.get(place),
        like,
      });
      shelves.set(key, shelf);
    }
    return shelf;
  };
  const like = (name: string): ModelFacts | undefined => {
    const slash = name.indexOf('/');
    const record = records.get(name.slice(0, slash))?.get(name.slice(slash + 1));
    return record && toFacts(record);
  };
  return {
    find: (kind, model) => shelfOf(kind, kind).find(model),
    names: (kind) => shelfOf(kind, kind).names,
    kindsOf: (model) => [...records].filter(([, named]) => named.has(model)).map(([kind]) => kind),
    of: ({ name, kind }) => shelfOf(name, kind),
  };
}

type Records = ReadonlyMap<string, ModelRecord>;
type Overrides = ReadonlyMap<string, ModelOverride>;
const NONE: Records = new Map();

interface ShelfParts {
  readonly records: Records;
  /** Where to look for what is not here: the shelf of the provider's kind. */
  readonly below: Shelf | undefined;
  readonly overrides: Overrides | undefined;
  readonly like: (name: string) => ModelFacts | undefined;
}

/** The models of one kind, or of one provider. */
class Shelf implements ModelCatalogue {
  readonly #parts: ShelfParts;
  readonly #known = new Map<string, ModelFacts | undefined>();
  #names: ReadonlySet<string> | undefined;

  constructor(parts: ShelfParts) {
    this.#parts = parts;
  }

  get names(): ReadonlySet<string> {
    const { records, below, overrides } = this.#parts;
    return (this.#names ??= new Set([...records.keys(), ...(below?.names ?? NO_NAMES), ...(overrides?.keys() ?? [])]));
  }

  find(model: string): ModelFacts | undefined {
    const known = this.#known.get(model);
    if (known !== undefined || this.#known.has(model)) return known;
    const facts = this.#own(model) ?? this.#parts.below?.find(model);
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(model, facts);
    return facts;
  }

  #own(model: string): ModelFacts | undefined {
    const exact = this.#exact(model);
    if (exact) return exact;
    for (const name of otherSpellings(model)) {
      const facts = this.#exact(name);
      if (facts) return facts;
    }
    const base = baseOf(model);
    return base === undefined ? undefined : (this.#exact(`ft:${base}`) ?? withoutPrices(this.#own(base)));
  }

  #exact(name: string): ModelFacts | undefined {
    const { records, below, overrides, like } = this.#parts;
    const record = records.get(name);
    const override = overrides?.get(name);
    const plain = record && toFacts(record);
    if (!override) return plain;
    const base = (override.like === undefined ? undefined : like(override.like)) ?? plain ?? below?.find(name);
    return withOverride(base, override);
  }
}

function withoutPrices(facts: ModelFacts | undefined): ModelFacts | undefined {
  return facts && { ...facts, prices: [] };
}

function indexByKind(models: readonly ModelRecord[]): ReadonlyMap<string, Records> {
  const index = new Map<string, Map<string, ModelRecord>>();
  for (const record of models) {
    for (const [kind, names] of Object.entries(record.at)) {
      let named = index.get(kind);
      if (!named) index.set(kind, (named = new Map<string, ModelRecord>()));
      for (const name of names) named.set(name, record);
    }
  }
  return index;
}

function groupOverrides(models: CatalogueSettings['models']): ReadonlyMap<string, Overrides> {
  const groups = new Map<string, Map<string, ModelOverride>>();
  for (const [key, override] of Object.entries(models)) {
    const slash = key.indexOf('/');
    const place = key.slice(0, slash);
    let group = groups.get(place);
    if (!group) groups.set(place, (group = new Map<string, ModelOverride>()));
    group.set(key.slice(slash + 1), override);
  }
  return groups;
}

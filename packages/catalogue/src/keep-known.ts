import type { CatalogueData, ModelRecord } from './snapshot.js';

/** Of what is gone so much is kept at most, in characters of JSON. */
const MAX_CHARS = 4_194_304;

/**
 * A catalogue in the place of another one, with what that one knew of names that it does not have, marked as gone: somebody
 * may still use them, and pays for it. Of those no more names than of others, the ones that went last before others.
 */
export function keepKnown(next: CatalogueData, known: CatalogueData): CatalogueData {
  const names = new Set(next.models.flatMap(({ at }) => namesOf(at)));
  const gone: ModelRecord[] = [];
  let leftNames = names.size;
  let leftChars = MAX_CHARS;
  for (const model of known.models) {
    const missing = missingOf(model, names);
    if (!missing) continue;
    leftNames -= namesOf(missing.at).length;
    leftChars -= JSON.stringify(missing).length;
    if (leftNames < 0 || leftChars < 0) break;
    gone.push(missing);
  }
  return gone.length === 0 ? next : { ...next, models: [...next.models, ...gone] };
}

/** What of a model has none of the names; nothing where all of it does. */
function missingOf(model: ModelRecord, names: ReadonlySet<string>): ModelRecord | undefined {
  const at = Object.entries(model.at).flatMap(([kind, named]) => {
    const missing = named.filter((name) => !names.has(`${kind}/${name}`));
    return missing.length === 0 ? [] : [[kind, missing] as const];
  });
  return at.length === 0 ? undefined : { ...model, at: Object.fromEntries(at), gone: true };
}

function namesOf(at: ModelRecord['at']): readonly string[] {
  return Object.entries(at).flatMap(([kind, named]) => named.map((name) => `${kind}/${name}`));
}

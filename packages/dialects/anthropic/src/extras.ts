import type { JsonObject } from '@sluice/contract';

/** What a call holds beside the fields that a chat request has a place for. */
export interface Extras {
  /**
   * Takes the fields of `value` that are not `known`. `prefix` is empty at the top. A nested field is kept under its
   * path, `tools.input_examples`, which no target is sent: it is there to be reported.
   */
  take(value: JsonObject, known: ReadonlySet<string>, prefix: string): void;
  fields(): JsonObject;
}

export function createExtras(): Extras {
  const fields: Record<string, unknown> = {};
  return {
    take(value, known, prefix) {
      for (const name in value) {
        if (known.has(name) || isBlank(value[name])) continue;
        // A mark on one block becomes the wish for the whole prompt, the one form of it that stands at the top.
        const key = name === 'cache_control' ? name : prefix + name;
        fields[key] ??= value[name];
      }
    },
    fields: () => fields,
  };
}

/** Answers sent back as history carry these as fillers. */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

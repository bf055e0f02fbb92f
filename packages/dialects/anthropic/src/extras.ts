import type { JsonObject } from '@sluice/contract';

/** What a call holds beside the fields that a chat request has a place for. */
export interface Extras {
  /**
   * Keeps fields under their path. `prefix` is empty at the top. Those of parts and of tools go along as state of the
   * part; their names, `tools.input_examples`, are kept here for a target of another dialect to report.
   */
  add(prefix: string, fields: JsonObject): void;
  fields(): JsonObject;
}

export function createExtras(): Extras {
  const kept: Record<string, unknown> = {};
  return {
    add(prefix, fields) {
      for (const name in fields) kept[prefix + name] ??= fields[name];
    },
    fields: () => kept,
  };
}

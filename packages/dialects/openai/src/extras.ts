import type { JsonObject, VendorState } from '@sluice/contract';
import { ownState } from '@sluice/toolkit/openai-wire';

/**
 * What a request holds beside the fields that the canonical form has a place for. A target of another dialect is told
 * the names, `messages.name` for a field of a message; one of this dialect gets the fields back where they stood.
 */
export interface Extras {
  /** Takes the fields of a part, call or tool that are not `known`, and gives them as state to be carried with it. */
  take(value: JsonObject, known: ReadonlySet<string>, path: string): { readonly opaque?: VendorState };
  /** Takes the fields of a message, which are kept by its position. */
  takeAt(position: number, message: JsonObject, known: ReadonlySet<string>): void;
  /** Notes a field that goes nowhere. */
  note(path: string, value: unknown): void;
  fields(): JsonObject;
}

export function createExtras(): Extras {
  const fields: Record<string, unknown> = {};
  const unknown = (value: JsonObject, known: ReadonlySet<string>): readonly string[] | undefined => {
    let names: string[] | undefined;
    for (const name in value) if (!known.has(name) && !isBlank(value[name])) (names ??= []).push(name);
    return names;
  };
  return {
    take(value, known, path) {
      const names = unknown(value, known);
      if (!names) return {};
      for (const name of names) fields[`${path}.${name}`] = value[name];
      return ownState(Object.fromEntries(names.map((name) => [name, value[name]])));
    },
    takeAt(position, message, known) {
      for (const name of unknown(message, known) ?? []) {
        const path = `messages.${name}`;
        fields[path] = { ...(fields[path] as JsonObject | undefined), [position]: message[name] };
      }
    },
    note(path, value) {
      fields[path] = value;
    },
    fields: () => fields,
  };
}

/** Answers that are sent back as history carry these as fillers. */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

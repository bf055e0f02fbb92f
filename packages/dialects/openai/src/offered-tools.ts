import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

/** Whether a request offers its tools as `functions`, so that a call has to come as `function_call`. */
export function asksInOldForm(wire: JsonObject | undefined): boolean {
  return Array.isArray(wire?.functions) && !Array.isArray(wire.tools);
}

/** The names of the custom tools that a request offers; nothing where there are none. */
export function customToolNames(wire: JsonObject | undefined): ReadonlySet<unknown> | undefined {
  if (!Array.isArray(wire?.tools)) return undefined;
  const names = (wire.tools as readonly unknown[]).flatMap((tool) =>
    isJsonObject(tool) && tool.type === 'custom' && isJsonObject(tool.custom) ? [tool.custom.name] : [],
  );
  return names.length === 0 ? undefined : new Set(names);
}

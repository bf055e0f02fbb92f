import { UNSAFE_URL, isSafeImageUrl, isSafeSource, isSafeUrl } from '@sluice/toolkit';
import type { z } from 'zod';

type Judge = (text: string) => boolean;
type Path = readonly (string | number)[];

/** Members that vendors fetch from, whatever they are members of. */
const PLACES: ReadonlyMap<string, Judge> = new Map([
  ['image_url', isSafeImageUrl],
  ['file_url', isSafeUrl],
  ['server_url', isSafeUrl],
  ['file_data', isSafeSource],
]);

/**
 * For what is carried as it is, in a schema's `superRefine`: refuses URLs that are not safe wherever one of OpenAI's names for
 * them stands, however deep. Takes what `parseGuarded` read, which is not deeper than a walk by recursion can take.
 */
export function refuseUnsafeUrls(value: unknown, context: z.core.$RefinementCtx): void {
  const path = findUnsafe(value, []);
  if (!path) return;
  const { error: message, params } = UNSAFE_URL;
  context.issues.push({ code: 'custom', message, params, path: [...path], input: value });
}

function findUnsafe(value: unknown, path: Path): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members: Iterable<[string | number, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [name, member] of members) {
    const own = [...path, name];
    if (typeof member !== 'string') {
      const found = findUnsafe(member, own);
      if (found) return found;
    } else if (PLACES.get(String(name))?.(member) === false) return own;
  }
  return undefined;
}

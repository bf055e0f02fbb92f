import type { SpendGroup, SpendRow, SpendValue } from '@sluice/contract';
import { tryParseJson } from '@sluice/toolkit';

/** Where the page after a row begins. */
export function toCursor({ values }: Pick<SpendRow, 'values'>): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of the row that the page before ended with; nothing for what was made by no {@link toCursor} of these groups. */
export function readCursor(cursor: string, by: readonly SpendGroup[]): readonly SpendValue[] | undefined {
  const values = tryParseJson(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(values) || values.length !== by.length) return undefined;
  const isFine = by.every((group, index) =>
    group === 'day' ? Number.isSafeInteger(values[index]) : typeof values[index] === 'string',
  );
  return isFine ? (values as readonly SpendValue[]) : undefined;
}

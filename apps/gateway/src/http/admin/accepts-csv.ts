import type { IncomingHeaders } from '@sluice/contract';

/** Whether an `Accept` prefers CSV to JSON; of two that are as good, the one that is named first. RFC 9110, 12.5.1. */
export function prefersCsv(accept: IncomingHeaders[string]): boolean {
  if (typeof accept !== 'string') return false;
  const ranges = accept.split(',').map(readRange);
  const weigh = (type: string): number => ranges.find((range) => range.type === type)?.weight ?? 0;
  const csv = weigh('text/csv');
  const json = weigh('application/json');
  if (csv !== json) return csv > json;
  const isFirst = ranges.findIndex(({ type }) => type === 'text/csv' || type === 'application/json');
  return csv > 0 && ranges[isFirst]?.type === 'text/csv';
}

function readRange(text: string): { readonly type: string; readonly weight: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = given === undefined ? 1 : Number(given.slice(2));
  return { type, weight: Number.isFinite(weight) ? weight : 0 };
}

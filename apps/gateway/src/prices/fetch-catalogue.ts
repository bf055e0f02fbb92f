import { resolve } from 'node:path';
import type { CatalogueSourceSettings } from '@sluice/catalogue';
import { isGatewayError } from '@sluice/contract';
import type { Transport } from '@sluice/contract';
import { sendWhole } from '../compose/providers.js';
import { readTextFile } from '../config/read-file.js';

/** So much is looked at, of whatever is offered. */
export const MAX_CATALOGUE_BYTES = 4_194_304;

export interface CataloguePlace {
  readonly transport: Transport;
  /** Of relative files. */
  readonly cwd: string;
  /** Until when an address must have answered whole. */
  readonly withinMs: number;
}
export type CatalogueText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** What a source has at the moment, or why not, in words that may be shown. Never rejects. */
export async function fetchCatalogue(
  { url, file }: CatalogueSourceSettings,
  place: CataloguePlace,
  signal: AbortSignal,
): Promise<CatalogueText> {
  if (url === undefined) return readTextFile(resolve(place.cwd, file ?? ''), MAX_CATALOGUE_BYTES);
  try {
    return await fetchText(new URL(url), place, signal);
  } catch (cause) {
    if (isGatewayError(cause)) return { ok: false, reason: cause.message };
    return { ok: false, reason: `it did not answer within ${place.withinMs / 1_000} s` };
  }
}

async function fetchText(url: URL, place: CataloguePlace, signal: AbortSignal): Promise<CatalogueText> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(place.withinMs)]);
  const request = { method: 'GET', url, headers: { accept: 'application/json' } } as const;
  const { head, body } = await sendWhole(place.transport, request, deadline);
  const { status } = head;
  if (status >= 300 && status < 400) return { ok: false, reason: `it answered ${status}: redirects are not followed` };
  if (status !== 200) return { ok: false, reason: `it answered ${status}` };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(body) };
  } catch {
    return { ok: false, reason: 'it is not UTF-8 text' };
  }
}

/** Names it, without what may be secret in an address. */
export function sourceName({ url, file = '' }: CatalogueSourceSettings): string {
  if (url === undefined) return file;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

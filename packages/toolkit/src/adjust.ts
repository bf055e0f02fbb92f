import type { Adjustment, ChatRequest, DialectId } from '@sluice/contract';

/** The caller's fields that have no canonical place, for a vendor of the same dialect; of another one, none. */
export function extensionsFor(request: Pick<ChatRequest, 'extensions'>, dialect: DialectId): Record<string, unknown> {
  return request.extensions?.dialect === dialect ? { ...request.extensions.fields } : {};
}

/** What a vendor of `dialect` loses of those fields. */
export function droppedExtensions(request: Pick<ChatRequest, 'extensions'>, dialect: DialectId): readonly Adjustment[] {
  if (!request.extensions || request.extensions.dialect === dialect) return [];
  return Object.keys(request.extensions.fields).map((parameter) => ({ parameter, action: 'dropped' }));
}

import { gatewayError } from '@sluice/contract';
import type { Adjustment, ChatRequest, DialectId, GatewayError } from '@sluice/contract';

/** The caller's fields that have no canonical place, for a vendor of the same dialect; of another one, none. */
export function extensionsFor(request: Pick<ChatRequest, 'extensions'>, dialect: DialectId): Record<string, unknown> {
  return request.extensions?.dialect === dialect ? { ...request.extensions.fields } : {};
}

/** What a vendor of `dialect` loses of those fields. */
export function droppedExtensions(request: Pick<ChatRequest, 'extensions'>, dialect: DialectId): readonly Adjustment[] {
  if (!request.extensions || request.extensions.dialect === dialect) return [];
  return Object.keys(request.extensions.fields).map((parameter) => ({ parameter, action: 'dropped' }));
}

/** The failure of content that a vendor has no form for, where leaving it out would change what is asked. */
export function untranslatable(what: string, param = 'messages'): GatewayError {
  const message = `${param}: ${what} cannot be sent to this model's provider.`;
  return gatewayError('invalid_value', { message, details: { param } });
}

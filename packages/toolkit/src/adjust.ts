import { gatewayError } from '@sluice/contract';
import type { Adjustment, ChatRequest, DialectId, GatewayError, ToolDefinition } from '@sluice/contract';

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

/** The tool that a choice names, alone, for a vendor that cannot be told the name. Throws where there is none. */
export function namedTools(tools: readonly ToolDefinition[], wanted: string): readonly ToolDefinition[] {
  const found = tools.filter(({ name }) => name === wanted);
  if (found.length === 0) throw untranslatable(`the choice of "${wanted}", which is none of the tools,`, 'tool_choice');
  return found;
}

/** The caller's extra fields that the vendor knows, and what became of the others. */
export interface NativeExtensions {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly adjustments: readonly Adjustment[];
}

/**
 * For a vendor whose own API no client speaks here: the caller's extra fields that bear one of the vendor's names go on
 * as they came, in whatever dialect; the others are dropped.
 */
export function nativeExtensions(
  { extensions }: Pick<ChatRequest, 'extensions'>,
  names: ReadonlySet<string>,
): NativeExtensions {
  if (!extensions) return { fields: {}, adjustments: [] };
  const entries = Object.entries(extensions.fields);
  return {
    fields: Object.fromEntries(entries.filter(([name]) => names.has(name))),
    adjustments: entries.filter(([name]) => !names.has(name)).map(([parameter]) => ({ parameter, action: 'dropped' })),
  };
}

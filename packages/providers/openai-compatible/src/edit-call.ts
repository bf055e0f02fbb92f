import type { RawCall, UpstreamRequest } from '@sluice/contract';
import { editCallBody, editTopLevel, isJsonObject, setTopLevel } from '@sluice/toolkit';
import type { ServerRules } from './rules.js';

const USAGE_IN_STREAM = { key: 'stream_options', value: { include_usage: true } } as const;

/** Names the vendor's model and asks for usage on behalf of the gateway where the caller did not. */
export function editCall(
  call: RawCall,
  model: string,
  { streamOptions }: Pick<ServerRules, 'streamOptions'>,
): NonNullable<UpstreamRequest['body']> {
  if (!call.stream || call.wantsUsage || !streamOptions) return editCallBody(call, { model });
  const { stream_options: options } = call.wire;
  if (options === undefined) return editCallBody(call, { model, add: USAGE_IN_STREAM });
  const named = setTopLevel(call.body, 'model', model);
  if (!isJsonObject(options)) return setTopLevel(named, 'stream_options', USAGE_IN_STREAM.value);
  return editTopLevel(named, 'stream_options', (said) => setTopLevel(said, 'include_usage', true));
}

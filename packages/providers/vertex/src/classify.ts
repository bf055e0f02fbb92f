import type { GatewayError, UpstreamFailure } from '@sluice/contract';
import { classify as classifyClaude } from '@sluice/provider-anthropic/internal';
import { classify as classifyGoogle } from '@sluice/provider-google/internal';
import { decodeText, isJsonObject, tryParseJson } from '@sluice/toolkit';

/**
 * Any failure in, one error of the table out. Failures are told in Google's form, those of Claude also in Anthropic's:
 * bare, or as the text of Google's message.
 */
export function classify(failure: UpstreamFailure): GatewayError {
  if (failure.stage !== 'status') return classifyGoogle(failure);
  const said = tryParseJson(decodeText(failure.body));
  if (isAnthropic(said)) return classifyClaude(failure);
  const quoted = quotedError(said);
  return quoted === undefined ? classifyGoogle(failure) : classifyClaude({ ...failure, body: Buffer.from(quoted) });
}

function isAnthropic(said: unknown): boolean {
  return isJsonObject(said) && said.type === 'error';
}

function quotedError(said: unknown): string | undefined {
  const error = isJsonObject(said) && isJsonObject(said.error) ? said.error : {};
  const { message } = error;
  return typeof message === 'string' && isAnthropic(tryParseJson(message)) ? message : undefined;
}

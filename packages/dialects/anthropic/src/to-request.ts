import type { ChatRequest, IncomingHeaders, JsonObject, Message } from '@sluice/contract';
import { ANTHROPIC_MESSAGES, restOf } from '@sluice/toolkit/anthropic-wire';
import { createExtras } from './extras.js';
import type { Extras } from './extras.js';
import { toMessages, toTexts } from './to-messages.js';
import { toReasoning } from './to-reasoning.js';
import { toToolFields } from './to-tools.js';
import type { WireCall } from './wire-types.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'max_tokens',
  'system',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'metadata',
  'service_tier',
]);
const KNOWN_OUTPUT: ReadonlySet<string> = new Set(['effort', 'format']);
const KNOWN_FORMAT: ReadonlySet<string> = new Set(['type', 'schema']);
const KNOWN_METADATA: ReadonlySet<string> = new Set(['user_id']);
/** The header that asks for features which others have not; kept under its own name. */
const BETA_HEADER = 'anthropic-beta';

/**
 * A checked body in canonical form. What has no place there is kept: on parts and tools as the vendor's own state, at the
 * top under `extensions`, so that a target of another dialect says what it loses. Throws `invalid_value` for what cannot
 * be left out without changing the question.
 */
export function toRequest(body: JsonObject, headers: IncomingHeaders = {}): ChatRequest {
  // The schema has looked at every field of the type.
  const wire = body as WireCall;
  const extras = createExtras();
  extras.add('', restOf(wire, KNOWN));
  const messages = [...toSystem(wire, extras), ...toMessages(wire.messages, extras)];
  const rest = { ...toSampling(wire), ...toToolFields(wire, extras), ...toOutputFields(wire, extras) };
  const user = toUser(wire, extras);
  const betas = headers[BETA_HEADER];
  if (betas !== undefined) extras.add('', { [BETA_HEADER]: typeof betas === 'string' ? betas : betas.join(',') });
  const fields = extras.fields();
  return {
    messages,
    stream: wire.stream === true,
    ...rest,
    ...(user === undefined ? {} : { user }),
    ...(Object.keys(fields).length === 0 ? {} : { extensions: { dialect: ANTHROPIC_MESSAGES, fields } }),
  };
}

function toSystem({ system }: WireCall, extras: Extras): readonly Message[] {
  if (system === undefined || system.length === 0) return [];
  return [{ role: 'system', content: toTexts(system, { path: 'system', extras }) }];
}

function toSampling(wire: WireCall): Partial<ChatRequest> {
  const { service_tier: tier } = wire;
  return {
    ...(wire.max_tokens === undefined ? {} : { maxOutputTokens: wire.max_tokens }),
    ...(wire.temperature === undefined ? {} : { temperature: wire.temperature }),
    ...(wire.top_p === undefined ? {} : { topP: wire.top_p }),
    ...(wire.top_k === undefined ? {} : { topK: wire.top_k }),
    ...(wire.stop_sequences === undefined ? {} : { stop: wire.stop_sequences }),
    ...(tier === undefined ? {} : { serviceTier: tier === 'standard_only' ? 'default' : tier }),
  };
}

function toOutputFields(wire: WireCall, extras: Extras): Partial<ChatRequest> {
  const { output_config: output } = wire;
  const format = output?.format;
  if (output) extras.add('output_config.', restOf(output, KNOWN_OUTPUT));
  if (format) extras.add('output_config.format.', restOf(format, KNOWN_FORMAT));
  const reasoning = toReasoning(wire, extras);
  return {
    ...(reasoning ? { reasoning } : {}),
    ...(format ? { responseFormat: { type: 'json-schema', name: 'response', schema: format.schema } } : {}),
  };
}

function toUser({ metadata }: WireCall, extras: Extras): string | undefined {
  if (!metadata) return undefined;
  extras.add('metadata.', restOf(metadata, KNOWN_METADATA));
  return metadata.user_id ?? undefined;
}

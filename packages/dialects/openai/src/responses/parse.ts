import type { Adjustment, ChatRequest, Feature, ParsedCall } from '@sluice/contract';
import { findRefusedName, isJsonObject } from '@sluice/toolkit';
import { notAnObject } from '../chat-parse.js';
import { invalid, refusedName, toInvalid } from '../invalid.js';
import { isMessage } from './items-schema.js';
import type { WireItem, WirePart } from './items-schema.js';
import { responsesRequestSchema } from './schema.js';
import type { ResponsesWire } from './schema.js';
import { toResponsesRequest } from './to-request.js';

/** Checks a body of `POST /v1/responses`. Throws the first problem found, with its `param`. */
export function parseResponses(body: unknown): ParsedCall<ChatRequest> {
  if (!isJsonObject(body)) throw notAnObject();
  const refused = findRefusedName(body);
  if (refused) throw refusedName(refused);
  const checked = responsesRequestSchema.safeParse(body);
  if (!checked.success) throw toInvalid(checked.error, body);
  // The schema changes nothing, and zod's copy would lack what a caller named `__proto__`.
  const wire = body as ResponsesWire;
  checkInput(wire);
  return {
    model: wire.model,
    stream: wire.stream === true,
    wantsUsage: true,
    features: featuresOf(wire),
    wire: body,
    adjustments: adjustmentsOf(wire),
    toRequest: () => toResponsesRequest(wire),
  };
}

function checkInput({ input, prompt, conversation, previous_response_id: previous }: ResponsesWire): void {
  if (previous && conversation) {
    throw invalid('invalid_value', ['previous_response_id'], 'it cannot stand beside "conversation"');
  }
  const hasInput = typeof input === 'string' ? input !== '' : (input?.length ?? 0) > 0;
  if (!hasInput && !prompt && !conversation && !previous) {
    throw invalid('missing_required_parameter', ['input'], 'is required');
  }
}

function featuresOf(wire: ResponsesWire): readonly Feature[] {
  const features = new Set<Feature>();
  if (wire.tools?.some(({ type }) => type === 'function' || type === 'custom')) features.add('tools');
  if (wire.text?.format?.type === 'json_schema') features.add('json-schema');
  if (wire.reasoning?.effort && wire.reasoning.effort !== 'none') features.add('reasoning');
  if (typeof wire.input === 'object') wire.input?.forEach((item) => addMedia(features, item));
  return [...features];
}

const MEDIA: Readonly<Partial<Record<WirePart['type'], Feature>>> = {
  input_image: 'vision',
  input_file: 'files',
  input_audio: 'audio',
};

function addMedia(features: Set<Feature>, item: WireItem): void {
  const content = isMessage(item) ? item.content : 'output' in item ? item.output : undefined;
  if (!Array.isArray(content)) return;
  for (const { type } of content as readonly WirePart[]) {
    const feature = MEDIA[type];
    if (feature) features.add(feature);
  }
}

/** A tool of free text becomes a function of one text where nobody knows such tools. */
function adjustmentsOf({ tools }: ResponsesWire): readonly Adjustment[] {
  return tools?.some(({ type }) => type === 'custom') ? [{ parameter: 'tools.custom', action: 'emulated' }] : [];
}

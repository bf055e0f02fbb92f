import { gatewayError } from '@sluice/contract';
import type { GatewayError, JsonObject } from '@sluice/contract';
import { isJsonObject, removeMember } from '@sluice/toolkit';
import { wholeBody } from '../parse-body.js';
import type { CallBody } from '../parse-body.js';

/** What a body says to the gateway itself; no provider sees it. */
export interface Wishes {
  /** Models to fall back on, in order: OpenRouter's `models`. */
  readonly models?: readonly string[];
  /** LiteLLM's `metadata.tags`. */
  readonly tags?: readonly string[];
}

/** More would be no list of fallbacks. */
const MAX_MODELS = 20;

/**
 * Takes out of a body what is for the gateway, `models` and a list `metadata.tags`, and tells it apart. The very body
 * where nothing is. Throws `invalid_type` or `invalid_value` for a `models` that is no list of names.
 *
 * https://openrouter.ai/docs/features/model-routing, https://docs.litellm.ai/docs/proxy/tag_routing
 */
export function takeWishes(body: CallBody): { readonly body: CallBody; readonly wishes?: Wishes } {
  const { wire } = body;
  if (!isJsonObject(wire)) return { body };
  const models = wire['models'] === undefined || wire['models'] === null ? undefined : readModels(wire['models']);
  const tags = readTags(wire);
  if (wire['models'] === undefined && !tags) return { body };
  if (body.whole) return takeWishes(wholeBody(body));
  const wishes = { ...(models ? { models } : {}), ...(tags ? { tags } : {}) };
  return { body: without(body, wire, tags !== undefined), wishes };
}

function readModels(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw wrong('invalid_type', 'models', 'a list of models');
  if (value.length > MAX_MODELS) throw wrong('invalid_value', 'models', `at most ${MAX_MODELS} models`);
  value.forEach((name: unknown, index) => {
    if (typeof name !== 'string') throw wrong('invalid_type', `models[${index}]`, 'the name of a model');
    if (name === '') throw wrong('invalid_value', `models[${index}]`, 'the name of a model');
  });
  return value as readonly string[];
}

function wrong(code: 'invalid_type' | 'invalid_value', param: string, wanted: string): GatewayError {
  return gatewayError(code, { message: `"${param}" must be ${wanted}.`, details: { param } });
}

/** Only a list is meant for us: `metadata` with texts is a field of several vendors. */
function readTags(wire: JsonObject): readonly string[] | undefined {
  const { metadata } = wire;
  const tags = isJsonObject(metadata) ? metadata['tags'] : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : undefined;
}

function without({ body }: CallBody, wire: JsonObject, tagged: boolean): CallBody {
  const { models: _models, ...rest } = wire;
  const bytes = removeMember(body, ['models']);
  if (!tagged) return { body: bytes, wire: rest };
  const { metadata, ...others } = rest;
  const { tags: _tags, ...said } = metadata as JsonObject;
  // Metadata that held nothing else was none of the vendor's.
  return Object.keys(said).length === 0
    ? { body: removeMember(bytes, ['metadata']), wire: others }
    : { body: removeMember(bytes, ['metadata', 'tags']), wire: { ...rest, metadata: said } };
}

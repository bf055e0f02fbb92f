import { isUtf8 } from 'node:buffer';
import { gatewayError } from '@sluice/contract';
import type { IncomingHeaders, JsonObject, Principal, RecognisedCall } from '@sluice/contract';
import { asBuffer, isJsonObject, isText, matchesWildcard, parseCallBody } from '@sluice/toolkit';
import type { OnceRequest } from '../once.js';
import { JSON_TYPE, parseForm } from '../parse-body.js';
import { mayUseModel } from '../routing/resolve.js';
import type { Snapshot } from '../snapshot.js';
import type { RawAsked } from './raw-run.js';

/** What the gateway sees of a raw request. */
export interface RawQuestion {
  readonly body: Uint8Array;
  /** The body, where it is an object of JSON or a form whose meaning is known. */
  readonly wire: JsonObject;
  /** The vendor's name of the model; empty where none is to be seen. */
  readonly model: string;
  /** Models to which the vendor may turn instead. */
  readonly others: readonly string[];
  readonly stream: boolean;
}

/** What vendors call the model in their bodies. */
const NAMES = ['model', 'model_id', 'modelId'] as const;
const MAX_NAME_CHARS = 256;
const CONTROL = /\p{Cc}/u;
const NOTHING: JsonObject = {};

/** Reads what can be read. A body that is none of JSON's is the vendor's to judge; one with two models is refused. */
export async function readQuestion(
  body: Uint8Array,
  recognised: RecognisedCall | undefined,
  headers: IncomingHeaders,
): Promise<RawQuestion> {
  const wire = await readWire(body, recognised, headers);
  const { models } = wire;
  const listed: readonly unknown[] = Array.isArray(models) ? models : [];
  const [model = '', ...others] = [recognised?.model, ...NAMES.map((name) => wire[name]), ...listed].filter(isText);
  assertName(model);
  const stream = recognised?.stream ?? wire['stream'] === true;
  return { body, wire, model, others: others.filter((other) => !isSame(other, model)), stream };
}

/** Google's bodies name the model of the path once more, with its collection. */
function isSame(other: string, model: string): boolean {
  return other === model || other === `models/${model}`;
}

/** What is no name has no business in logs and headers. */
function assertName(model: string): void {
  if (model.length <= MAX_NAME_CHARS && !CONTROL.test(model)) return;
  throw gatewayError('invalid_value', {
    message: `The model's name must hold no control characters and at most ${MAX_NAME_CHARS} others.`,
    details: { param: 'model' },
  });
}

async function readWire(
  body: Uint8Array,
  recognised: RecognisedCall | undefined,
  headers: IncomingHeaders,
): Promise<JsonObject> {
  const type = headers['content-type'];
  if (body.length === 0 || typeof type !== 'string') return NOTHING;
  if (JSON_TYPE.test(type)) return readJson(asBuffer(body));
  const isForm = recognised?.operation === 'transcription' && type.toLowerCase().startsWith('multipart/form-data');
  return isForm ? (parseForm(body, headers).wire as JsonObject) : NOTHING;
}

function readJson(body: Buffer): JsonObject {
  if (!isUtf8(body)) return NOTHING;
  const { wire } = parse(body);
  return isJsonObject(wire) ? wire : NOTHING;
}

function parse(body: Buffer): ReturnType<typeof parseCallBody> {
  try {
    return parseCallBody(body);
  } catch (cause) {
    if (cause instanceof SyntaxError) return { wire: undefined };
    throw cause;
  }
}

/** Throws `route_not_allowed` for a key with a list of tools: what a body offers in a vendor's words, nobody here can say. */
export function assertSeen({ tools }: Principal): void {
  if (tools === undefined) return;
  throw gatewayError('route_not_allowed', {
    message: 'This key may use some tools only, and the gateway does not see those of a raw request.',
  });
}

/**
 * Holds a raw request against the key's list of models. Where the gateway cannot see which model is asked, a list that
 * does not take in the whole provider refuses: it might be any. Throws a 403 of the table.
 */
export function assertMayAsk(
  principal: Principal,
  { model, others }: RawQuestion,
  { provider, aliases }: { readonly provider: string } & Pick<Snapshot, 'aliases'>,
): void {
  const { models } = principal;
  if (!models || models.some((pattern) => takesAll(pattern, provider))) return;
  if (model === '') {
    throw gatewayError('route_not_allowed', {
      message: 'This key may use some models only, and the gateway cannot see which one this request is for.',
    });
  }
  for (const name of [model, ...others]) {
    // A bare name that is an alias means other targets than this one.
    const isMeant =
      mayUseModel(principal, `${provider}/${name}`) || (!aliases.has(name) && mayUseModel(principal, name));
    if (isMeant) continue;
    throw gatewayError('model_not_allowed', {
      message: `This key may not use the model "${name}".`,
      details: { param: 'model' },
    });
  }
}

/** What tells a raw request from others with the same key, those for the gateway's own endpoints included. */
export function rawOnceRequest(
  { provider, path, search }: Pick<RawAsked, 'provider' | 'path' | 'search'>,
  { tenant, keyId }: Principal,
  { stream, body }: RawQuestion,
): OnceRequest {
  return { stream, tenant, keyId, parts: () => ['POST', '/passthrough', provider, path, search, body] };
}

function takesAll(pattern: string, provider: string): boolean {
  return pattern.endsWith('*') && matchesWildcard(pattern, `${provider}/`);
}

/** What a vendor's own words say, no guard could read: who is bound by one asks otherwise. */
export function assertUnguarded(isBound: boolean): void {
  if (!isBound) return;
  throw gatewayError('route_not_allowed', {
    message: 'Guards read what this key asks, and they cannot read requests that are passed on as they come.',
  });
}

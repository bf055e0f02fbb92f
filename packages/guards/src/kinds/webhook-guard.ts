import { createHmac } from 'node:crypto';
import type { Clock, SecretRef, UpstreamRequest, WholeResponse } from '@sluice/contract';
import { decodeText, tryParseJson, withDeadline } from '@sluice/toolkit';
import type { Judgement, WholeGuard, WholeQuestion } from './guard.js';

export interface WebhookInit {
  /** The guard's name. */
  readonly name: string;
  readonly url: string;
  readonly secret: SecretRef;
  readonly timeoutMs: number;
  readonly onFailure: 'allow' | 'reject';
}
export interface WebhookDeps {
  readonly clock: Clock;
  readonly secret: (ref: SecretRef) => Promise<string>;
  readonly send: (request: UpstreamRequest, signal: AbortSignal) => Promise<WholeResponse>;
}

const PREFIX = 'whsec_';

/**
 * Asks a service of the operator's. The request is signed as Standard Webhooks wants it
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), so that the service can
 * tell the gateway from anybody else. No redirect is followed; an answer that is not understood is a failure.
 */
export function createWebhookGuard(init: WebhookInit, deps: WebhookDeps): WholeGuard {
  const url = new URL(init.url);
  const ask = async (question: WholeQuestion, signal: AbortSignal): Promise<Judgement> => {
    const body = JSON.stringify(toMessage(init.name, question));
    const headers = signed(body, {
      id: `${question.requestId}.${question.side}`,
      seconds: Math.floor(deps.clock.now() / 1_000),
      key: toKey(await deps.secret(init.secret)),
    });
    const { head, body: answer } = await deps.send({ method: 'POST', url, headers, body }, signal);
    if (head.status !== 200) throw new Error(`The webhook answered with status ${head.status}.`);
    // What JSON has to say of it would name what stands there.
    return toJudgement(tryParseJson(decodeText(answer)), question.texts.length);
  };
  return {
    reads: 'whole',
    onFailure: init.onFailure,
    judge: (question, signal) =>
      withDeadline((bound) => ask(question, bound), { ms: init.timeoutMs, clock: deps.clock }, signal),
  };
}

function toMessage(guard: string, { side, requestId, principal, model, texts }: WholeQuestion): object {
  const { keyId, keyName, tenant } = principal;
  return { guard, on: side, requestId, model, key: { id: keyId, name: keyName }, tenant, texts };
}

interface Signing {
  readonly id: string;
  readonly seconds: number;
  readonly key: Uint8Array;
}

function signed(body: string, { id, seconds, key }: Signing): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  };
}

/** The bytes of a secret: base64 behind `whsec_`, as the standard writes them, or those of the text. */
function toKey(secret: string): Uint8Array {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret);
}

/** The least that cannot be guessed, by the standard. */
const LEAST_BYTES = 24;

/** Whether a secret is long enough to sign with. */
export function isSigningSecret(secret: string): boolean {
  return toKey(secret).length >= LEAST_BYTES;
}

function toJudgement(answer: unknown, count: number): Judgement {
  const { verdict, texts } = (answer ?? {}) as { readonly verdict?: unknown; readonly texts?: unknown };
  if (verdict === 'allow' || verdict === 'reject') return { verdict };
  const isList = Array.isArray(texts) && texts.length === count && texts.every((text) => typeof text === 'string');
  if (verdict === 'rewrite' && isList) return { verdict, texts: texts };
  throw new Error('The webhook answered with something that is no verdict.');
}

import { isJsonObject } from '@sluice/toolkit';

const MAX_KEPT_BYTES = 1_048_576;

/** Whether an answer may be given again: it is not too large to keep, and has as many choices as were asked for. */
export function mayKeep(body: Uint8Array | string, wire: unknown): boolean {
  if (body.length > MAX_KEPT_BYTES) return false;
  const asked = isJsonObject(wire) ? wire['n'] : undefined;
  return typeof asked !== 'number' || asked <= 1 || choicesOf(body) >= asked;
}

function choicesOf(body: Uint8Array | string): number {
  const answer: unknown = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString());
  const choices = isJsonObject(answer) ? answer['choices'] : undefined;
  return Array.isArray(choices) ? choices.length : 0;
}

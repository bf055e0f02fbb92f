import { createHash } from 'node:crypto';
import type { ServerRules } from '../rules.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 9;
const FITS = /^[a-zA-Z0-9]{9}$/;

/**
 * Another vendor's id of a tool call in the form that a server takes. It depends on the id alone, so a call and its
 * result keep finding each other, in this request and in every later one; an id that fits stays as it is.
 */
export function toToolId(id: string, form: ServerRules['toolIds']): string {
  if (form === undefined || FITS.test(id)) return id;
  const digest = createHash('sha256').update(id).digest();
  let text = '';
  for (let i = 0; i < LENGTH; i += 1) text += LETTERS.charAt(digest.readUInt16BE(2 * i) % LETTERS.length);
  return text;
}

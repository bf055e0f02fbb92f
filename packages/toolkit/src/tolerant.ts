import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from './json.js';

// What vendors send is read as far as it is what it should be; anything else is as good as absent.

/** A text that says something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The text, where it says something. */
export function asText(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

/** A whole number from zero. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The number, where it is a count. */
export function asCount(value: unknown): number | undefined {
  return isCount(value) ? value : undefined;
}

/** What is listed; nothing where it is no list. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Those of a list that are objects. */
export function asObjects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

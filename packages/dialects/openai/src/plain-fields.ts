import type { PlainFields } from './check-fields.js';

const ROLES: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant']);

/** What nearly every chat request says, told at a fraction of what its schema takes. Nothing passes that the schema refuses. */
export const PLAIN_CHAT_FIELDS: PlainFields = {
  messages: (value) => Array.isArray(value) && value.length > 0 && value.every(isPlainMessage),
  stream: (value) => typeof value === 'boolean',
  max_tokens: isFewTokens,
  max_completion_tokens: isFewTokens,
  temperature: (value) => typeof value === 'number' && value >= 0 && value <= 2,
};

function isFewTokens(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1_000_000;
}

/** Somebody's text, and nothing else. */
function isPlainMessage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const name in value) if (name !== 'role' && name !== 'content') return false;
  const { role, content } = value as { readonly role?: unknown; readonly content?: unknown };
  return typeof content === 'string' && ROLES.has(role);
}

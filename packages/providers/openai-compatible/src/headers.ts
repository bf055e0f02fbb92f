import type { RawCall } from '@sluice/contract';

/** Builds the headers of one provider's calls: fixed ones, and what its dialect defines beyond them. */
export interface HeaderWriter {
  readonly plain: Readonly<Record<string, string>>;
  /** Takes `openai-beta` over from the caller and nothing else: no credentials, no organization, no project. */
  forCall(call: Pick<RawCall, 'headers'>): Readonly<Record<string, string>>;
}

export function createHeaderWriter(extra: Readonly<Record<string, string>> = {}): HeaderWriter {
  const lowered = Object.entries(extra).map(([name, value]) => [name.toLowerCase(), value] as const);
  const plain: Readonly<Record<string, string>> = {
    'content-type': 'application/json',
    // A compressed answer could not pass through as it comes.
    'accept-encoding': 'identity',
    ...Object.fromEntries(lowered),
  };
  return {
    plain,
    forCall({ headers }) {
      const beta = headers['openai-beta'];
      if (beta === undefined) return plain;
      return { 'openai-beta': typeof beta === 'string' ? beta : beta.join(', '), ...plain };
    },
  };
}

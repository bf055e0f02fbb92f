import type { RawCall } from '@sluice/contract';
import { API_VERSIONS } from './settings.js';
import type { AnthropicSettings, ApiVersion } from './settings.js';

export type Headers = Readonly<Record<string, string>>;

/** The headers that every request of one account carries. */
export function toBaseHeaders({ headers, version, beta }: AnthropicSettings): Headers {
  const own = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    ...Object.fromEntries(own),
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'anthropic-version': version,
    ...(beta.length === 0 ? {} : { 'anthropic-beta': beta.join(',') }),
  };
}

/** `base` with what the caller says in this dialect's own headers: its version where it is one of ours, its betas. */
export function withCallerHeaders(base: Headers, { headers }: Pick<RawCall, 'headers'>): Headers {
  const version = headers['anthropic-version'];
  const joined = withBetas(base, headers['anthropic-beta']);
  return isKnownVersion(version) ? { ...joined, 'anthropic-version': version } : joined;
}

/** The version under which a call goes on: the caller's where it is one of ours, the account's otherwise. */
export function versionOf({ headers }: Pick<RawCall, 'headers'>, own: ApiVersion): ApiVersion {
  const version = headers['anthropic-version'];
  return isKnownVersion(version) ? version : own;
}

/** `base` with more beta features, each named once. */
export function withBetas(base: Headers, asked: string | readonly string[] | undefined): Headers {
  const betas = asked === undefined ? '' : joinBetas(base['anthropic-beta'], asked);
  return betas === '' ? base : { ...base, 'anthropic-beta': betas };
}

function isKnownVersion(value: unknown): value is ApiVersion {
  return (API_VERSIONS as readonly unknown[]).includes(value);
}

function joinBetas(own: string | undefined, asked: string | readonly string[]): string {
  const names = [own ?? '', ...(typeof asked === 'string' ? [asked] : asked)].join(',').split(',');
  const wellFormed = names.map((name) => name.trim()).filter((name) => /^[\w.-]+$/.test(name));
  return [...new Set(wellFormed)].join(',');
}

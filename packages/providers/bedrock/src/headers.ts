/** Lower-case names. */
export type Headers = Readonly<Record<string, string>>;

/** The headers that every request of one account carries, before its signature. */
export function toHeaders(extra: Headers = {}): Headers {
  const own = Object.entries(extra).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...Object.fromEntries(own), 'content-type': 'application/json', 'accept-encoding': 'identity' };
}

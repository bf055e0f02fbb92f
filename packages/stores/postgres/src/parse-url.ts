const PROTOCOLS: ReadonlySet<string> = new Set(['postgres:', 'postgresql:']);

/** What of a database's URL is looked at before it is used. Throws an error that does not repeat it: it holds a password. */
export function parseUrl(text: string): { readonly password: string } {
  if (!isPostgresUrl(text)) {
    throw new Error('The URL of the database is not one of PostgreSQL: postgres://USER:PASSWORD@HOST:PORT/DATABASE.');
  }
  return { password: decodeURIComponent(new URL(text).password) };
}

/** Whether it has the form of one; nothing is asked. */
export function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && PROTOCOLS.has(new URL(text).protocol);
}

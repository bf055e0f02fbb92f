/** What of a database's URL is looked at before it is used. Throws an error that does not repeat it: it holds a password. */
export function parseUrl(text: string): { readonly password: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:') {
    throw new Error('The URL of the database is not one of PostgreSQL: postgres://USER:PASSWORD@HOST:PORT/DATABASE.');
  }
  return { password: decodeURIComponent(url.password) };
}

/** More paths than any server has that adapters ask: whoever makes paths of what callers send fills no memory. */
const MAX_REMEMBERED = 64;

const known = new WeakMap<URL, Map<string, URL>>();

/** `path` below `baseUrl`, whether or not that ends in a slash. Remembers the first paths: adapters call it for every request. */
export function endpoint(baseUrl: URL, path: string): URL {
  const paths = known.get(baseUrl) ?? remember(baseUrl);
  let url = paths.get(path);
  if (!url) {
    url = new URL(`${baseUrl.href.replace(/\/+$/, '')}/${path}`);
    if (paths.size < MAX_REMEMBERED) paths.set(path, url);
  }
  return url;
}

function remember(baseUrl: URL): Map<string, URL> {
  const paths = new Map<string, URL>();
  known.set(baseUrl, paths);
  return paths;
}

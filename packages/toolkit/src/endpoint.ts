const known = new WeakMap<URL, Map<string, URL>>();

/** `path` below `baseUrl`, whether or not that ends in a slash. Remembers its answers: adapters call it for every request. */
export function endpoint(baseUrl: URL, path: string): URL {
  const paths = known.get(baseUrl) ?? remember(baseUrl);
  let url = paths.get(path);
  if (!url) {
    url = new URL(`${baseUrl.href.replace(/\/+$/, '')}/${path}`);
    paths.set(path, url);
  }
  return url;
}

function remember(baseUrl: URL): Map<string, URL> {
  const paths = new Map<string, URL>();
  known.set(baseUrl, paths);
  return paths;
}

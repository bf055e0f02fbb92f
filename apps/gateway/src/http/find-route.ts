import type { Route } from './route.js';

export interface Found {
  /** Absent where no route has this path and this method. */
  readonly route?: Route;
  readonly params: Readonly<Record<string, string>>;
  /** The other methods that this path takes. */
  readonly allow: readonly string[];
}

/** Express's rules for our paths, without Express: segments are equal, or fill a name in braces; HEAD finds what GET does. */
export function createRouteFinder(routes: readonly Route[]): (method: string, path: string) => Found {
  const table = routes.map((route) => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const given = path.split('/');
    const allow: string[] = [];
    for (const { route, segments } of table) {
      const params = segments.length === given.length ? match(segments, given) : undefined;
      if (params && route.method === wanted) return { route, params, allow };
      if (params) allow.push(route.method);
    }
    return { params: {}, allow };
  };
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? '';
    if (segment.startsWith('{') && text !== '') {
      const value = decode(text);
      if (value === undefined) return undefined;
      params[segment.slice(1, -1)] = value;
    } else if (segment !== text) return undefined;
  }
  return params;
}

/** Nothing for what no decoder takes: such a path names nothing. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

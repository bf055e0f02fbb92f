import type { Environment } from './environment.js';
import type { ConfigProblem } from './problem.js';

const VARIABLE = 'REDIS_URL';
const USUAL_PORT = '6379';

/** What `REDIS_URL` says; nothing where it is not set, or empty. */
export function redisUrlOf(env: Environment): string | undefined {
  return env[VARIABLE] || undefined;
}

/** For people: host, port and database, and no more. */
export function redisAddress(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || USUAL_PORT}${pathname === '/' ? '' : pathname}`;
}

/** What is wrong with it. No reason repeats any of it: it may hold a password. */
export function redisUrlProblems(env: Environment): readonly ConfigProblem[] {
  const url = redisUrlOf(env);
  if (url === undefined) return [];
  const reason = faultOf(url);
  return reason === undefined ? [] : [{ path: VARIABLE, reason }];
}

function faultOf(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    return 'expected redis://[[USER][:PASSWORD]@]HOST[:PORT][/DATABASE], or rediss:// for TLS';
  }
  return /^(?:\/\d*)?$/.test(url.pathname) ? undefined : 'expected the number of a database after the host';
}

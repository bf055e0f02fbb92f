import type { TestGateway } from './gateway.js';

/** A browser: it keeps cookies, and follows nothing by itself. */
export function openBrowser(target: TestGateway) {
  const jar = new Map<string, string>();
  const set: string[] = [];
  const go = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(target.url + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie && { cookie }), ...init.headers },
    });
    for (const line of answer.headers.getSetCookie()) {
      set.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  const post = (
    path: string,
    body?: object,
    headers: Record<string, string> = { origin: target.url },
  ): Promise<Response> =>
    go(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  /** Where a sign-in leads. */
  const depart = async (query = ''): Promise<string> => (await go(`/auth/login${query}`)).headers.get('location') ?? '';
  const come = async (back: URL): Promise<string> => outcome(await go(back.pathname + back.search));
  return { jar, set, go, post, depart, come };
}

/** The status of an answer, and its code or where it leads. */
export async function outcome(answer: Response): Promise<string> {
  const code = /"code":"(\w+)"/.exec(await answer.text())?.[1];
  return [answer.status, code ?? answer.headers.get('location')].filter((part) => part !== null).join(' ');
}


import type { TestGateway } from './gateway.js';

/** One figure of `/metrics`, by its name and labels as they are written there. */
export async function metric({ url, adminKey }: TestGateway, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${adminKey}` } })).text();
  const line = text.split('\n').find((each) => each.startsWith(name));
  return Number(line?.slice(name.length));
}

/** Of an error. */
export const codeOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { readonly error: { readonly code: string } }).error.code;

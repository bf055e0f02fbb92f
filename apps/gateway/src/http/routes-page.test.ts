import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { pages } from '../__fixtures__/pages.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { createGateway } from '../index.js';

/** `METHOD /path` of everything that a gateway serves, as it says itself. */
async function served(): Promise<readonly string[]> {
  const dataDir = temporaryDir();
  const logFd = openSync(join(dataDir, 'log'), 'a');
  const gateway = createGateway({}, { dataDir, env: { SLUICE_ADMIN_KEY: ADMIN_KEY }, logFd });
  onTestFinished(async () => {
    await gateway.close();
    closeSync(logFd);
  });
  const answer = await gateway.fetch('http://sluice/openapi.json', { headers: { 'x-api-key': ADMIN_KEY } });
  const { paths } = (await answer.json()) as { readonly paths: Readonly<Record<string, object>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** One call for each of the names in `{orgs,teams}`. */
function expanded(call: string): readonly string[] {
  const [group, names = ''] = /\{(\w+(?:,\w+)+)\}/.exec(call) ?? [];
  return group === undefined ? [call] : names.split(',').map((name) => call.replace(group, name));
}

/** Whether a call leads to a route: its segments are the same, or fill a name in braces. */
function leadsTo(call: string, route: string): boolean {
  const [asked, there] = [call.split('/'), route.split('/')];
  return asked.length === there.length && there.every((part, at) => part.startsWith('{') || part === asked[at]);
}

it('every call that the pages name leads to something that is served', async () => {
  const routes = await served();
  const named = pages()
    .filter(({ path }) => !path.startsWith('packages/'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^\s`?]+)/g)].map(([, call = '']) => ({ path, call })),
    );
  const lost = named.flatMap(({ path, call }) =>
    expanded(call).flatMap((one) => (routes.some((route) => leadsTo(one, route)) ? [] : [`${path}: ${one}`])),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(lost).toEqual([]);
});

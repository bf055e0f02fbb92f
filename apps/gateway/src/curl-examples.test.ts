import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from './__fixtures__/admin-key.js';
import { examplesIn } from './__fixtures__/pages.js';
import { temporaryDir } from './__fixtures__/temporary-dir.js';
import { createGateway } from './index.js';
import type { Gateway } from './index.js';

/** What the examples call the operator's key, a caller's key and the gateway. */
const VARIABLES: Readonly<Record<string, string>> = {
  SLUICE: 'http://127.0.0.1:4000',
  SLUICE_ADMIN_KEY: ADMIN_KEY,
  ADMIN: ADMIN_KEY,
};

/** Pages whose example has a provider that is made in the course of them; their own tests walk through them. */
const WALKED = new Set(['docs/adding-a-provider.md']);

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** The words of a command line, as a shell reads them that knows quotes and these variables. */
function wordsOf(line: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const expanded = (text: string): string =>
    text.replaceAll(/\$(\w+)/g, (name, variable: string) => variables[variable] ?? name);
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word);
  return words.map((word) =>
    [...word.matchAll(/'[^']*'|"[^"]*"|[^'"]+/g)]
      .map(([part]) => (part.startsWith("'") ? part.slice(1, -1) : expanded(part.replaceAll('"', ''))))
      .join(''),
  );
}

/** What `curl` would send. Throws for options that no example has had so far. */
function readCurl(words: readonly string[]): Asked {
  const headers = new Headers();
  let [url, method, body]: (string | undefined)[] = [];
  for (let i = 1; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === '-s') continue;
    if (!word.startsWith('-')) url = word;
    else {
      const value = words[(i += 1)] ?? '';
      if (word === '-H') headers.append(...(value.split(/:\s*(.*)/, 2) as [string, string]));
      else if (word === '-d') body = value;
      else if (word === '-X') method = value;
      else throw new Error(`What does ${word} mean?`);
    }
  }
  return {
    url: url ?? '',
    init: { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, body: body ?? null },
  };
}

/** The lines of a block that call curl, each in one. Three dots stand for a key of the reader's. */
function curlsOf(text: string): readonly string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .replaceAll('"..."', '"sk-a-key-of-the-reader"')
    .split('\n')
    .filter((line) => line.startsWith('curl '));
}

async function openGateway(): Promise<{ readonly gateway: Gateway; readonly key: string }> {
  const config = {
    providers: {
      // Nobody is there: the examples are answered by the simulator.
      openai: { kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1', apiKey: { env: 'OPENAI_API_KEY' } },
      sim: { kind: 'sim' },
    },
    models: { fast: { targets: [{ provider: 'sim', model: 'echo' }] } },
  };
  const env = { SLUICE_ADMIN_KEY: ADMIN_KEY, OPENAI_API_KEY: 'none' };
  const dataDir = temporaryDir();
  const logFd = openSync(join(dataDir, 'log'), 'a');
  const gateway = createGateway(config, { dataDir, env, logFd });
  onTestFinished(async () => {
    await gateway.close();
    closeSync(logFd);
  });
  const answer = await gateway.fetch('http://sluice/admin/v1/keys', {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'examples' }),
  });
  return { gateway, key: ((await answer.json()) as { key: string }).key };
}

describe('every call that the pages show', () => {
  const examples = examplesIn('sh', 'bash')
    .filter(({ path }) => !WALKED.has(path))
    .map(({ path, text }) => [path, curlsOf(text)] as const)
    .filter(([, curls]) => curls.length > 0);

  it('is found', () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples)('does what it says: %s', async (_, curls) => {
    const { gateway, key } = await openGateway();
    for (const line of curls) {
      const { url, init } = readCurl(wordsOf(line, { ...VARIABLES, SLUICE_KEY: key }));
      const answer = await gateway.fetch(url, init);
      expect([line, await answer.text(), answer.status]).toEqual([
        line,
        expect.any(String),
        expect.toBeOneOf([200, 201]),
      ]);
    }
  });
});

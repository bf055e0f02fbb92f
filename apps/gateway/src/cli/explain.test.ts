import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';

const YAML = `
providers: {sim: {kind: sim}, o: {kind: openai, apiKey: {env: UNSET}}}
models:
  fast:
    targets: [{provider: sim, model: echo, tags: [eu]}, {provider: o, model: gpt-5-mini}]
    fallbacks: [{provider: sim, model: slow}]
`;

function contextWith(request: unknown) {
  const cwd = temporaryDir();
  writeFileSync(join(cwd, 'sluice.yaml'), YAML);
  writeFileSync(join(cwd, 'request.json'), typeof request === 'string' ? request : JSON.stringify(request));
  return capturedContext({ cwd });
}
const messages = [{ role: 'user', content: 'hi' }];

describe('sluice explain', () => {
  it('prints who would be asked, in which order and why, from the body of a request', async () => {
    const { code, stdout, stderr } = await cli(
      ['explain', '-f', 'request.json'],
      contextWith({ model: 'fast', messages }),
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'fast (alias)',
      "  1  o/gpt-5-mini  priority      Number 1 of the alias's targets.",
      '  2  sim/slow      fallback      A fallback of "fast".',
      '  -  sim/echo      tag_mismatch  Kept for requests with one of the tags eu.',
    ]);
  });

  it('takes a request with headers and a route too, and answers in JSON', async () => {
    const request = {
      route: '/v1/messages',
      headers: { 'X-Sluice-Tags': 'eu' },
      body: { model: 'fast', max_tokens: 5, messages },
    };
    const { code, stdout } = await cli(['explain', '--file', 'request.json', '--json'], contextWith(request));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      alias: 'fast',
      candidates: [
        { provider: 'sim', model: 'echo', position: 1, code: 'priority' },
        { provider: 'sim', model: 'slow', position: 2, code: 'fallback' },
        { provider: 'o', model: 'gpt-5-mini', code: 'tag_mismatch' },
      ],
    });
  });

  it('ends with 1 for a request that would be refused, and says why', async () => {
    const { code, stdout } = await cli(['explain', '-f', 'request.json'], contextWith({ model: 'nobody/x', messages }));
    expect(code).toBe(1);
    expect(stdout).toMatch(/refused: model_not_found: The model "nobody\/x" does not exist here\./);
  });

  it.for([
    ['{"model"', /request\.json: /],
    [{ model: 'fast' }, /messages/],
    [{ route: '/v1/nothing', body: { model: 'fast' } }, /no such route/],
  ] as const)('ends with 1 for a file that is no request: %j', async ([request, message]) => {
    const { code, stdout, stderr } = await cli(['explain', '-f', 'request.json'], contextWith(request));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });

  it('wants a file', async () => {
    const { code, stderr } = await cli(['explain'], contextWith('{}'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/--file is missing[\s\S]*-f, --file FILE/);
  });
});

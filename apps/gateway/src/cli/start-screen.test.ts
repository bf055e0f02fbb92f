import { describe, expect, it } from 'vitest';
import { curlLine, renderStartScreen } from './start-screen.js';
import type { StartFacts } from './start-screen.js';

const FACTS: StartFacts = {
  version: '1.2.3',
  production: false,
  url: 'http://127.0.0.1:4000',
  configFile: './sluice.yaml',
  dataDir: './.sluice',
  providers: [
    { name: 'openai', source: 'environment', baseUrl: 'https://api.openai.com/v1' },
    { name: 'sim', source: 'built-in' },
  ],
  aliases: [{ name: 'fast', targets: ['openai/gpt-5-mini', 'sim/echo'] }],
  developmentKey: 'sk-sluice-development',
  adminKey: { from: 'secrets-file', path: '.sluice/secrets.json', key: 'sk-sluice-admin-new' },
  exampleModel: 'sim/echo',
};
const plain = (facts: StartFacts) => renderStartScreen(facts, { color: false });

describe('renderStartScreen', () => {
  it('shows what was found, the keys and a line to try', () => {
    expect(plain(FACTS)).toBe(`
  Sluice 1.2.3 development

  providers   openai         from the environment, https://api.openai.com/v1
              sim            built in: sim/echo and others, no key needed
  models      fast           -> openai/gpt-5-mini, sim/echo
  config      ./sluice.yaml
  data        ./.sluice
  key         sk-sluice-development (for development, the same at every start)
  admin key   sk-sluice-admin-new
              shown this once, kept in .sluice/secrets.json

  Try it:

  ${curlLine(FACTS)}

`);
  });

  it('is plain ASCII', () => {
    expect(plain(FACTS)).toMatch(/^[\n\x20-\x7e]+$/);
  });

  it('says the same with colour', () => {
    const colored = renderStartScreen(FACTS, { color: true });
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain(FACTS));
    expect(colored).not.toBe(plain(FACTS));
  });

  it('says where an admin key is that is not new', () => {
    const screen = plain({ ...FACTS, adminKey: { from: 'secrets-file', path: 'secrets.json' } });
    expect(screen).toContain('admin key   in secrets.json\n');
    expect(plain({ ...FACTS, adminKey: { from: 'variable' } })).toContain('admin key   SLUICE_ADMIN_KEY\n');
  });

  it('tells in production how to make a key, and shows none', () => {
    const { developmentKey: _, ...facts } = FACTS;
    const screen = plain({ ...facts, production: true, adminKey: { from: 'secrets-file', path: 's.json' } });
    expect(screen).toContain('keys        sluice keys create NAME makes one for a caller');
    expect(screen).toContain('Bearer $SLUICE_KEY');
    expect(screen).not.toContain('sk-sluice');
  });

  it('says so when there is no file', () => {
    const { configFile: _, ...facts } = FACTS;
    expect(plain(facts)).toContain('config      none: defaults and what was found');
  });
});

describe('curlLine', () => {
  it('is one line for a shell', () => {
    expect(curlLine(FACTS)).toBe(
      'curl http://127.0.0.1:4000/v1/chat/completions -H "authorization: Bearer sk-sluice-development"' +
        ' -H "content-type: application/json" -d \'{"model":"sim/echo","messages":[{"role":"user","content":"Hello!"}]}\'',
    );
  });

  it('quotes what a shell would take for a pattern or an end', () => {
    const line = curlLine({ ...FACTS, url: 'http://[::1]:4000', exampleModel: "it's" });
    expect(line).toContain("curl 'http://[::1]:4000/v1/chat/completions'");
    expect(line).toContain(String.raw`{"model":"it'\''s"`);
  });
});

import { describe, expect, it } from 'vitest';
import { ollama } from './definition.js';

const create = (settings: object = {}, secret = (): Promise<string> => Promise.resolve('o-1')) =>
  ollama.create(ollama.settings.parse({ kind: 'ollama', ...settings }), { secret });

describe('settings', () => {
  it('need nothing but the kind', () => {
    expect(ollama.settings.parse({ kind: 'ollama' })).toEqual({ kind: 'ollama', baseUrl: 'http://127.0.0.1:11434' });
  });

  it.each([{ baseUrl: 'ftp://example.com' }, { baseUrl: 'http://a:b@example.com' }, { apiKey: 'o-in-the-file' }])(
    'refuse %j',
    (setting) => {
      expect(ollama.settings.safeParse({ kind: 'ollama', ...setting }).success).toBe(false);
    },
  );
});

it('sends no credentials to a server that asks for none', async () => {
  const { models, authorize } = create();
  const request = models.request();
  expect(await authorize(request)).toBe(request);
});

it('sends its key as a bearer token', async () => {
  const { models, authorize } = create({ apiKey: { env: 'KEY' } });
  const { headers } = await authorize(models.request());
  expect(headers.authorization).toBe('Bearer o-1');
});

describe('classify', () => {
  const answered = (status: number, text: string) =>
    create().classify({ stage: 'status', head: { status, headers: {} }, body: Buffer.from(text) });

  it.each([
    [404, 'model "mistral" not found, try pulling it first', 'upstream_model_not_found'],
    [400, '"mistral" does not support tools', 'upstream_rejected'],
    [400, 'the input length exceeds the context length', 'context_length_exceeded'],
    [499, 'request canceled', 'upstream_invalid_response'],
    [500, 'model requires more system memory (5.6 GiB) than is available (3.1 GiB)', 'upstream_invalid_response'],
    [503, 'server busy, please try again.  maximum pending requests exceeded', 'overloaded'],
    [401, 'unauthorized', 'upstream_auth_error'],
  ])('takes %i "%s" for %s', (status, error, code) => {
    expect(answered(status, JSON.stringify({ error })).code).toBe(code);
  });

  it('passes on why a request was refused', () => {
    const { message } = answered(400, '{"error":"\\"mistral\\" does not support tools"}');
    expect(message).toBe('"mistral" does not support tools');
  });

  it.each([
    ["model 'mistral' not found", 'upstream_model_not_found'],
    ['"mistral" does not support thinking', 'upstream_rejected'],
    ['server busy, please try again.', 'overloaded'],
    ['llama runner process has terminated: exit status 2', 'upstream_invalid_response'],
  ])('takes the line "%s" for %s', (error, code) => {
    expect(create().classify({ stage: 'in-band', frame: { data: JSON.stringify({ error }) } }).code).toBe(code);
  });
});

describe('embeddings', () => {
  const { embed } = create().operations;
  const target = { provider: 'local', model: 'all-minilm', baseUrl: new URL('http://127.0.0.1:11434') };

  it('refuses token ids, which the server cannot read', () => {
    expect(() => embed.encode({ input: [[1, 2]] }, target)).toThrow(
      expect.objectContaining({ details: { param: 'input' } }),
    );
  });

  it.each([
    ['{"embeddings":[]}', 'upstream_invalid_response'],
    ['{"embeddings":[["a"]]}', 'upstream_invalid_response'],
    ['{"error":"model \\"a\\" not found, try pulling it first"}', 'upstream_model_not_found'],
  ])('takes %s for %s', (text, code) => {
    expect(() => embed.decode(Buffer.from(text), { status: 200, headers: {} }, target)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

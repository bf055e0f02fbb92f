import type { JsonObject } from '@sluice/contract';
import { anthropicCountTokens, anthropicMessages } from '@sluice/dialect-anthropic';
import { anthropic } from '@sluice/provider-anthropic';
import { startSimulator } from '@sluice/simulator';
import { createProviderDeps } from '@sluice/testkit';
import { afterAll, describe, expect, it } from 'vitest';

const simulator = await startSimulator();
afterAll(() => simulator.close());

const mark = { type: 'ephemeral', ttl: '1h' };
const text = (said: string): JsonObject => ({ type: 'text', text: said });
const file = { type: 'file', file_id: 'file_01' };
const citation = {
  type: 'web_search_result_location',
  cited_text: 'Oslo is',
  encrypted_index: 'Eo8B',
  title: 'Oslo',
  url: 'https://example.com/oslo',
};
const found = { type: 'web_search_result', url: 'https://example.com/oslo', title: 'Oslo', encrypted_content: 'EqgC' };

const documents = [
  {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
    title: 'a.pdf',
    context: 'Of 2026',
    citations: { enabled: true },
    cache_control: mark,
  },
  { type: 'document', source: { type: 'url', url: 'https://example.com/b.pdf' } },
  { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'It rains.' } },
  { type: 'document', source: { type: 'content', content: [text('One'), text('Two')] } },
  { type: 'document', source: file },
  { type: 'image', source: file },
  { type: 'search_result', source: 'https://example.com', title: 'Oslo', content: [text('Capital')] },
  { type: 'container_upload', file_id: 'file_03' },
];
/** A conversation with everything in it that the vendor's types know, in places where the vendor takes it. */
const prompt = {
  model: 'echo',
  system: [{ ...text('Be brief.'), cache_control: mark }],
  tools: [
    { type: 'web_search_20260318', name: 'web_search', max_uses: 3 },
    {
      name: 'weather',
      input_schema: { type: 'object' },
      input_examples: [{}],
      defer_loading: false,
      cache_control: mark,
    },
  ],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  messages: [
    { role: 'user', content: [...documents, text('What of it?')] },
    {
      role: 'assistant',
      content: [
        { type: 'server_tool_use', id: 'srvtoolu_01', name: 'web_search', input: { query: 'Oslo' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_01', content: [found] },
        { ...text('Oslo is the capital'), citations: [citation] },
        { type: 'tool_use', id: 'toolu_01', name: 'weather', input: { city: 'Oslo' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_01', content: [text('Rain')], is_error: true, cache_control: mark },
        text('And now?'),
      ],
    },
  ],
  output_config: { effort: 'high' },
};
const body = {
  ...prompt,
  max_tokens: 1_024,
  metadata: { user_id: 'user-7' },
  service_tier: 'standard_only',
  container: 'container_01',
  inference_geo: 'eu',
};

describe.each(['2023-06-01', '2026-10-21'] as const)('under version %s', (version) => {
  const settings = anthropic.settings.parse({ kind: 'anthropic', version, baseUrl: simulator.url });
  const { baseUrl, operations } = anthropic.create(settings, createProviderDeps({}));
  const { chat, countTokens } = operations;
  const target = { provider: 'claude', model: 'echo', baseUrl };

  it('a translated call is taken by a stand-in that refuses what the vendor refuses', async () => {
    const { request } = chat!.encode(anthropicMessages.parse(body).toRequest(), target);
    const answer = await send(request);
    const head = { status: answer.status, headers: {} };
    expect([answer.status, chat!.decode(answer.body, head, target).content]).toEqual([200, [expect.anything()]]);
  });

  it('so is a count of its tokens', async () => {
    const { request } = countTokens!.encode(anthropicCountTokens.parse(prompt).toRequest(), target);
    const { status, body: counted } = await send(request);
    expect([status, countTokens!.decode(counted, { status, headers: {} }, target)]).toEqual([
      200,
      { inputTokens: expect.any(Number) as number },
    ]);
  });
});

interface Request {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
async function send({ url, headers, body: sent }: Request): Promise<{ status: number; body: Uint8Array }> {
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'x-api-key': 'k' }, body: String(sent) });
  return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
}

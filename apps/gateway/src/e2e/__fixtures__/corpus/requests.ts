import { CHAT, chat, chatWith, request } from './bad-input.js';
import type { BadInput, Corpus, Expected } from './bad-input.js';

const refused = (code: string, param?: string | null): Expected => ({
  status: 400,
  code,
  ...(param === undefined ? {} : { param }),
});
const unknown = (param: string): Expected => refused('unknown_parameter', param);
const value = (param: string): Expected => refused('invalid_value', param);
const type = (param: string): Expected => refused('invalid_type', param);
const missing = (param: string): Expected => refused('missing_required_parameter', param);
const good: Expected = { status: 200 };

type Members = Readonly<Record<string, unknown>>;
const asked = (id: string, members: Members, expected: BadInput['expected']): BadInput => ({
  id,
  what: JSON.stringify(members).slice(0, 60),
  bytes: (key) => request(key, { body: chat(members) }),
  expected,
});
const written = (id: string, members: string, expected: BadInput['expected']): BadInput => ({
  id,
  what: members.slice(0, 60),
  bytes: (key) => request(key, { body: chatWith(members) }),
  expected,
});
const message = (id: string, one: unknown, expected: BadInput['expected']): BadInput =>
  asked(id, { messages: [one] }, expected);
const embed = (members: Members, expected: BadInput['expected']): BadInput => ({
  id: 'H-22',
  what: JSON.stringify(members).slice(0, 60),
  bytes: (key) =>
    request(key, { path: '/v1/embeddings', body: JSON.stringify({ model: 'up/m', input: 'x', ...members }) }),
  expected,
});

const EVIL = 'http://evil.test/v1';
const NAMES: Members = {
  api_base: EVIL,
  base_url: EVIL,
  api_key: 'sk-theirs',
  headers: { 'x-a': 'b' },
  extra_headers: { 'x-a': 'b' },
  organization: 'theirs',
  custom_llm_provider: 'openai',
  timeout: 1,
  mock_response: 'hi',
};
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };

/** Names with which a caller would choose the host, the key or the headers. */
const CHOOSING_HOSTS: readonly BadInput[] = Object.entries(NAMES).map(([name, given]) =>
  asked('H-01', { [name]: given }, unknown(name)),
);

/** The same, nested. */
const NESTED_HOSTS: readonly BadInput[] = [
  asked('H-02', { user_config: { api_base: EVIL } }, unknown('user_config')),
  asked('H-02', { litellm_params: { api_base: EVIL } }, unknown('litellm_params')),
  asked('H-02', { metadata: { api_base: EVIL } }, unknown('metadata.api_base')),
  asked('H-02', { extra_body: { api_base: EVIL } }, unknown('extra_body')),
  asked('H-02', { fallbacks: [{ model: 'x', api_base: EVIL }] }, unknown('fallbacks[0].api_base')),
  asked('H-02', { models: [{ model: 'x', api_base: EVIL }] }, [unknown('models[0].api_base'), type('models[0]')]),
  asked('H-02', { tools: [{ ...TOOL, api_base: EVIL }] }, unknown('tools[0].api_base')),
  asked(
    'H-02',
    { tools: [{ type: 'function', function: { ...TOOL.function, api_base: EVIL } }] },
    unknown('tools[0].function.api_base'),
  ),
  {
    id: 'H-02',
    what: 'api_base in the query',
    bytes: (key) => request(key, { path: `${CHAT}?api_base=${encodeURIComponent(EVIL)}` }),
    expected: [good, { status: 400, code: 'unknown_parameter' }],
  },
];

/** Names of hosts in headers, which change nothing. */
const HOST_HEADERS: readonly BadInput[] = [
  'x-portkey-custom-host: http://127.0.0.1:1/v1',
  'x-provider: evil',
  'x-base-url: http://evil.test',
  'x-portkey-provider: openai',
  'x-litellm-api-base: http://evil.test',
  'Helicone-Target-Url: http://evil.test',
].map((header) => ({
  id: 'H-05',
  what: header,
  bytes: (key) => request(key, { headers: [header] }),
  expected: good,
}));

const image = (part: Members): unknown => ({ role: 'user', content: [part] });

const MESSAGES: readonly BadInput[] = [
  asked('H-06', { messages: undefined }, missing('messages')),
  asked('H-06', { messages: [] }, value('messages')),
  asked('H-06', { messages: 'x' }, type('messages')),
  asked('H-06', { model: undefined }, missing('model')),
  asked('H-06', { model: 5 }, type('model')),
  asked('H-06', { model: '' }, value('model')),
  asked('H-06', { model: 'a\u0000b' }, value('model')),
  asked('H-06', { model: 'a\r\nb' }, value('model')),
  asked('H-06', { model: '\u001b[2J' }, value('model')),
  message('H-07', { role: 'nobody', content: 'x' }, value('messages[0].role')),
  message('H-07', { content: 'x' }, missing('messages[0].role')),
  message('H-07', { role: '__proto__', content: 'x' }, value('messages[0].role')),
  message('H-08', { role: 'user', content: 5 }, type('messages[0].content')),
  message('H-08', { role: 'user', content: [['x']] }, type('messages[0].content[0]')),
  message('H-08', { role: 'user', content: [] }, value('messages[0].content')),
  message('H-08', image({ type: 'hologram' }), value('messages[0].content[0].type')),
  message('H-08', image({ type: 'image_url' }), missing('messages[0].content[0].image_url')),
  message('H-08', image({ type: 'image_url', image_url: {} }), missing('messages[0].content[0].image_url.url')),
  message('H-17', { role: 'tool', tool_call_id: 'nobody', content: 'x' }, value('messages[0].tool_call_id')),
];

const FIELDS: readonly BadInput[] = [
  asked('H-10', { max_tokens: 0 }, value('max_tokens')),
  asked('H-10', { max_tokens: -1 }, value('max_tokens')),
  asked('H-10', { max_tokens: 1.5 }, type('max_tokens')),
  asked('H-10', { max_tokens: '5' }, type('max_tokens')),
  asked('H-10', { max_tokens: 1, max_completion_tokens: 1 }, value('max_tokens')),
  asked('H-11', { n: 0 }, value('n')),
  asked('H-11', { n: 129 }, value('n')),
  asked('H-11', { n: 1_000_000 }, value('n')),
  asked('H-12', { temperature: 3 }, value('temperature')),
  asked('H-12', { top_p: -0.1 }, value('top_p')),
  asked('H-12', { stream: 'yes' }, type('stream')),
  asked('H-13', { stop: ['a', 'b', 'c', 'd', 'e'] }, value('stop')),
  asked('H-13', { stop: [] }, value('stop')),
  asked('H-13', { stop: 5 }, type('stop')),
  asked('H-14', { logit_bias: { 5: 101 } }, value('logit_bias.5')),
  asked('H-14', { logit_bias: { 5: -101 } }, value('logit_bias.5')),
  written(
    'H-14',
    `"logit_bias":{${Array.from({ length: 100_000 }, (_, i) => `"${i}":1`).join()}}`,
    refused('json_too_many_keys'),
  ),
  asked('H-16', { response_format: { type: 'xml' } }, value('response_format.type')),
  asked('H-16', { response_format: 'json' }, type('response_format')),
  asked('H-16', { response_format: { type: 'json_schema' } }, missing('response_format.json_schema')),
  asked(
    'H-19',
    { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) },
    value('metadata'),
  ),
  asked('H-19', { metadata: { k: 'v'.repeat(513) } }, value('metadata.k')),
  asked('H-19', { metadata: { k: { deep: 'v' } } }, type('metadata.k')),
  written('H-20', '"seed":9223372036854775808', refused('number_out_of_range', 'seed')),
  asked('H-23', { something_new: true }, good),
];

const EMBEDDINGS: readonly BadInput[] = [
  embed({ input: [] }, value('input')),
  embed({ input: Array.from({ length: 2_049 }, () => 'x') }, value('input')),
  embed({ input: ['x', 5] }, [type('input[1]'), type('input')]),
  embed({ input: [-1] }, [value('input[0]'), value('input')]),
  embed({ dimensions: 0 }, value('dimensions')),
];

/** ReDoS: long texts in fields that are looked at. */
const LONG: readonly BadInput[] = [
  asked('E-70', { model: '-'.repeat(100_000) }, [value('model'), { status: 404, code: 'model_not_found' }]),
  asked('E-70', { model: '/a'.repeat(20_000) }, [value('model'), { status: 404, code: 'model_not_found' }]),
  asked('E-70', { user: 'a'.repeat(40_000) }, [good, value('user')]),
  asked('E-70', { metadata: { k: '((a+)+)+$'.repeat(50) } }, good),
  {
    id: 'E-70',
    what: 'a path of many parts',
    bytes: (key) => request(key, { method: 'GET', path: '/a'.repeat(7_000) }),
    expected: { status: 404, code: 'unknown_url' },
  },
  {
    id: 'E-70',
    what: 'a model of many parts',
    bytes: (key) => request(key, { path: `/v1beta/models/${'a:'.repeat(7_000)}x` }),
    expected: { status: 404 },
  },
  {
    id: 'E-70',
    what: 'a type of many spaces',
    bytes: (key) => request(key, { headers: [`Content-Type: application/json${' '.repeat(10_000)}x`] }),
    expected: { status: 415, code: 'unsupported_media_type' },
  },
  {
    id: 'E-70',
    what: 'a boundary that never comes',
    bytes: (key) => request(key, { headers: [`Content-Type: multipart/form-data;${' ;boundary'.repeat(1_000)}`] }),
    expected: { status: 415, code: 'unsupported_media_type' },
  },
];

/** Class H: what OpenAI's clients ask, with faults in it. */
export const REQUESTS: Corpus = {
  'CVE-2024-6587: a body chooses the host, and gets the key': CHOOSING_HOSTS,
  'PYSEC-2026-4070: the same, nested': NESTED_HOSTS,
  'CVE-2025-66405, CVE-2026-110719: a header chooses the host': HOST_HEADERS,
  messages: MESSAGES,
  fields: FIELDS,
  embeddings: EMBEDDINGS,
  'CVE-2026-4923: texts that take a pattern long': LONG,
};

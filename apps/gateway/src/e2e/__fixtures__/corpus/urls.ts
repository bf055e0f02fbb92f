import { CHAT, chat, request } from './bad-input.js';
import type { BadInput, Corpus } from './bad-input.js';

/** URLs that lead to this machine. */
const LOOPBACK = [
  'http://127.0.0.1',
  'http://127.1',
  'http://2130706433',
  'http://0x7f000001',
  'http://0177.0.0.1',
  'http://0',
  'http://0.0.0.0',
  'http://[::]',
  'http://[::1]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:7f00:1]',
  'http://[::127.0.0.1]',
  'http://[::ffff:0:127.0.0.1]',
  'http://[64:ff9b::7f00:1]',
  'http://[64:ff9b:1::7f00:1]',
  'http://[2002:7f00:1::]',
  'http://[2001:0:7f00:1::]',
  'http://①②⑦.⓪.⓪.①',
  'http://127。0。0。1',
  'http://localhost',
  'http://localhost.',
  'http://LOCALHOST',
  'http://x.localhost',
  'http://127.0.0.1.nip.io',
];
/** Networks of one's own, and addresses that are nobody's. */
const PRIVATE = [
  'http://10.0.0.1',
  'http://172.16.0.1',
  'http://172.31.255.255',
  'http://192.168.1.1',
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:a9fe:a9fe]',
  'http://0xA9FEA9FE',
  'http://100.64.0.1',
  'http://100.100.100.200',
  'http://192.0.0.192',
  'http://198.18.0.1',
  'http://192.88.99.1',
  'http://224.0.0.1',
  'http://240.0.0.1',
  'http://255.255.255.255',
  'http://[fe80::1]',
  'http://[fc00::1]',
  'http://[fd00:ec2::254]',
  'http://[ff02::1]',
  'http://[100::1]',
  'http://[2001:db8::1]',
  'http://metadata.google.internal',
  'http://x.internal',
  'http://printer.local',
  'http://metadata',
];
/** What two parsers read differently. */
const CONFUSING = [
  'http://a@127.0.0.1',
  'http://127.0.0.1:80\\@evil.com',
  'http://evil.com#@127.0.0.1',
  'http://127.0.0.1%2f@evil',
  'http:/\\127.0.0.1',
  'http:127.0.0.1',
  ' http://127.0.0.1 ',
  'http://127.0.0\t.1',
  'http://127.0.0\n.1',
  'http://ex%61mple.com',
  '//127.0.0.1',
  'http://user:pass@example.com',
  'http://evil.com\\@127.0.0.1',
  'http:///127.0.0.1',
  'http://[::1',
  'http://example.com:99999/',
];
const SCHEMES = [
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_INFO',
  'ftp://example.com/a.png',
  'javascript:alert(1)',
  'blob:https://example.com/x',
  'unix:/var/run/docker.sock',
  'ws://example.com/a',
  'data:text/html;base64,PGh0bWw+',
  'data:image/png;base64,/9j/4AAQSkZJRg==',
  'data:image/png;base64,PHN2ZyB4bWxucz0i',
];
const PORTS = ['22', '25', '6379', '5432', '11211', '8080', '4000'].map((port) => `http://example.com:${port}/a.png`);

/** A place of a body that takes a URL: how it is asked, and what the error calls it. */
interface Place {
  readonly path: string;
  readonly param: string;
  /** What says that it is data is data there, of whatever kind. */
  readonly takesData?: true;
  body(url: string): string;
}

const user = (part: unknown): string => chat({ messages: [{ role: 'user', content: [part] }] });
const respond = (members: object): string => JSON.stringify({ model: 'up/m', input: 'Hello', ...members });
const said = (part: unknown): string => respond({ input: [{ role: 'user', content: [part] }] });
const claude = (block: unknown): string =>
  JSON.stringify({ model: 'up/m', max_tokens: 9, messages: [{ role: 'user', content: [block] }] });

const gemini = (param: string, members: (url: string) => object): Place => ({
  path: '/v1beta/models/up%2Fm:generateContent',
  param,
  body: (url) => JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }], ...members(url) }),
});

const PLACES: readonly Place[] = [
  {
    path: CHAT,
    param: 'messages[0].content[0].image_url.url',
    body: (url) => user({ type: 'image_url', image_url: { url } }),
  },
  {
    path: CHAT,
    param: 'messages[0].content[0].video_url.url',
    body: (url) => user({ type: 'video_url', video_url: { url } }),
  },
  {
    path: '/v1/responses',
    param: 'input[0].content[0].image_url',
    body: (image_url) => said({ type: 'input_image', image_url }),
  },
  {
    path: '/v1/responses',
    param: 'input[0].content[0].file_url',
    body: (file_url) => said({ type: 'input_file', file_url }),
  },
  {
    path: '/v1/responses',
    param: 'tools[0].server_url',
    body: (server_url) => respond({ tools: [{ type: 'mcp', server_label: 'x', server_url }] }),
  },
  {
    path: '/v1/moderations',
    param: 'input[0].image_url.url',
    body: (url) => respond({ input: [{ type: 'image_url', image_url: { url } }] }),
  },
  {
    path: '/v1/messages',
    param: 'messages.0.content.0.source.url',
    body: (url) => claude({ type: 'image', source: { type: 'url', url } }),
  },
  {
    path: '/v1/messages',
    param: 'messages.0.content.0.source.url',
    body: (url) => claude({ type: 'document', source: { type: 'url', url } }),
  },
  gemini('contents[0].parts[0].fileData.fileUri', (fileUri) => ({
    contents: [{ parts: [{ fileData: { fileUri, mimeType: 'image/png' } }] }],
  })),
  ...(['file_data', 'file_id'] as const).map(
    (name): Place => ({
      path: CHAT,
      param: `messages[0].content[0].file.${name}`,
      takesData: true,
      body: (url) => user({ type: 'file', file: { [name]: url } }),
    }),
  ),
  {
    path: '/v1/responses',
    param: 'input[0].content[0].file_data',
    takesData: true,
    body: (file_data) => said({ type: 'input_file', file_data }),
  },
  {
    path: '/v1/responses',
    param: 'input[0].output[0].image_url',
    body: (image_url) =>
      respond({ input: [{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url }] }] }),
  },
  {
    path: '/v1/responses',
    param: 'input[0].output.image_url',
    body: (image_url) =>
      respond({ input: [{ type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot', image_url } }] }),
  },
  {
    path: '/v1/responses',
    param: 'prompt.variables.x.image_url',
    body: (image_url) => respond({ prompt: { id: 'p', variables: { x: { type: 'input_image', image_url } } } }),
  },
  {
    path: '/v1/responses',
    param: 'prompt.variables.x.file_url',
    body: (file_url) => respond({ prompt: { id: 'p', variables: { x: { type: 'input_file', file_url } } } }),
  },
  {
    path: '/v1/responses',
    param: 'tools[0].input_image_mask.image_url',
    body: (image_url) => respond({ tools: [{ type: 'image_generation', input_image_mask: { image_url } }] }),
  },
  {
    path: '/v1/messages',
    param: 'mcp_servers.0.url',
    body: (url) =>
      JSON.stringify({
        model: 'up/m',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'Hello' }],
        mcp_servers: [{ type: 'url', name: 'x', url }],
      }),
  },
  {
    path: '/v1/messages',
    param: 'messages.0.content.0.content.0.source.url',
    body: (url) =>
      claude({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: { type: 'url', url } }] }),
  },
  gemini('contents[0].parts[0].functionResponse.parts[0].fileData.fileUri', (fileUri) => ({
    contents: [{ parts: [{ functionResponse: { name: 'f', parts: [{ fileData: { fileUri, mimeType: 'image/png' } }] } }] }],
  })),
  gemini('tools[0].mcpServers[0].streamableHttpTransport.url', (url) => ({
    tools: [{ mcpServers: [{ name: 'x', streamableHttpTransport: { url } }] }],
  })),
  gemini('tools[0].retrieval.externalApi.endpoint', (endpoint) => ({
    tools: [{ retrieval: { externalApi: { endpoint } } }],
  })),
];

/** Of a body, where the URL goes. */
const PLACEHOLDER = '<url>';

const refused = (id: string, urls: readonly string[], write = JSON.stringify): readonly BadInput[] =>
  urls.flatMap((url) =>
    PLACES.filter(({ takesData }) => !takesData || !url.startsWith('data:')).map(({ path, param, body }) => ({
      id,
      what: `${param} ${url.slice(0, 60)}`,
      bytes: (key: string) => request(key, { path, body: body(PLACEHOLDER).replace(PLACEHOLDER, () => write(url).slice(1, -1)) }),
      // Google's errors have no place for the parameter.
      expected: path.startsWith('/v1/') && path !== '/v1/messages' ? { status: 400, code: 'unsafe_url', param } : { status: 400, code: 'unsafe_url' },
    })),
  );

const escaped = (text: string): string =>
  Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
/** URLs as they are written in JSON whose host stands behind what is read of a long string at first, or seems to. */
const LONG = [
  `https://good.example${escaped('@')}127.0.0.1/${escaped('a').repeat(3_000)}`,
  `https://${'a.'.repeat(9_000)}@127.0.0.1/`,
  `https://${escaped('a.').repeat(1_500)}@127.0.0.1/`,
];

const accepted = (url: string): BadInput => ({
  id: 'F-62',
  what: url.slice(0, 60),
  bytes: (key) => request(key, { body: user({ type: 'image_url', image_url: { url } }) }),
  expected: { status: 200, asks: 1 },
});

/** Class F: URLs that callers write where somebody would fetch from. */
export const URLS: Corpus = {
  'CVE-2026-108719: this machine': refused('F-01…23', LOOPBACK),
  'CVE-2026-42339: other networks, by whatever address': refused('F-24…44', PRIVATE),
  'CVE-2025-59146: what parsers read differently': refused('F-45…55', CONFUSING),
  'schemes': refused('F-56', SCHEMES),
  'ports': refused('F-57', PORTS),
  'long URLs in long bodies': refused('F-45…55', LONG, (written) => `"${written}"`),
  'what passes: the provider is asked, and the gateway fetches nothing': [
    'https://example.com/a.png',
    'http://example.com:443/a.png?x=1&y=%20',
    'https://93.184.216.34/a.png',
    'https://[2606:4700::1111]/a.png',
    'https://xn--mnchen-3ya.example/a.png',
    'gs://bucket/a.png',
    'data:image/png;base64,iVBORw0KGgo=',
    'data:image/jpeg;base64,/9j/4AAQSkZJRg==',
    'data:image/png;base64,AAAA',
  ].map(accepted),
};

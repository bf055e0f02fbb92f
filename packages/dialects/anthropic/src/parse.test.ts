import { isGatewayError } from '@sluice/contract';
import { parseExact } from '@sluice/toolkit';
import { describe, expect, it } from 'vitest';
import { parseMessagesCall } from './parse.js';

const HI = { role: 'user', content: 'Hi' };
const IMAGE = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
const DOCUMENT = { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } };
const TOOL = { name: 'look', input_schema: { type: 'object' } };

/** A number that no double keeps, as the body of a call brings it. */
const EXACT = (parseExact('[12345678901234567890]') as unknown[])[0];

const bodyWith = (fields: object): object => ({ model: 'fast', max_tokens: 16, messages: [HI], ...fields });
const block = (content: unknown): object => bodyWith({ messages: [{ role: 'user', content: [content] }] });

function refusalOf(run: () => unknown): readonly (string | undefined)[] {
  try {
    run();
  } catch (error) {
    if (isGatewayError(error)) return [error.code, error.details.param];
    throw error;
  }
  return [];
}

describe('a checked field', () => {
  it.each<[object, string, string]>([
    [{ model: undefined }, 'missing_required_parameter', 'model'],
    [{ model: '' }, 'invalid_value', 'model'],
    [{ model: 'a\r\nb' }, 'invalid_value', 'model'],
    [{ model: 7 }, 'invalid_type', 'model'],
    [{ max_tokens: 0 }, 'invalid_value', 'max_tokens'],
    [{ max_tokens: -1 }, 'invalid_value', 'max_tokens'],
    [{ max_tokens: 1e9 }, 'invalid_value', 'max_tokens'],
    [{ max_tokens: 1.5 }, 'invalid_type', 'max_tokens'],
    [{ max_tokens: '5' }, 'invalid_type', 'max_tokens'],
    [{ max_tokens: -0 }, 'number_out_of_range', 'max_tokens'],
    [{ max_tokens: 2 ** 53 }, 'number_out_of_range', 'max_tokens'],
    [{ max_tokens: EXACT }, 'number_out_of_range', 'max_tokens'],
    [{ temperature: Number.POSITIVE_INFINITY }, 'number_out_of_range', 'temperature'],
    [{ system: EXACT }, 'invalid_type', 'system'],
    [{ messages: [] }, 'invalid_value', 'messages'],
    [{ messages: 'Hi' }, 'invalid_type', 'messages'],
    [{ messages: [{ role: '__proto__', content: 'x' }] }, 'invalid_value', 'messages.0.role'],
    [{ messages: [{ content: 'x' }] }, 'missing_required_parameter', 'messages.0.role'],
    [{ messages: [HI, { role: 'user' }] }, 'missing_required_parameter', 'messages.1.content'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'invalid_type', 'messages.0.content'],
    [{ system: [{ type: 'image' }] }, 'invalid_value', 'system.0.type'],
    [{ stream: 'yes' }, 'invalid_type', 'stream'],
    [{ stop_sequences: 'END' }, 'invalid_type', 'stop_sequences'],
    [{ temperature: 1.1 }, 'invalid_value', 'temperature'],
    [{ top_p: -0.1 }, 'invalid_value', 'top_p'],
    [{ top_k: -1 }, 'invalid_value', 'top_k'],
    [{ tools: [{ name: 'look' }] }, 'missing_required_parameter', 'tools.0.input_schema'],
    [{ tools: [{ type: 'custom', input_schema: {} }] }, 'missing_required_parameter', 'tools.0.name'],
    [{ tools: [7] }, 'invalid_type', 'tools.0'],
    [{ tool_choice: { type: 'tool' } }, 'missing_required_parameter', 'tool_choice.name'],
    [{ tool_choice: { type: 'most' } }, 'invalid_value', 'tool_choice.type'],
    [{ thinking: { type: 'enabled' } }, 'missing_required_parameter', 'thinking.budget_tokens'],
    [{ thinking: { type: 'enabled', budget_tokens: 5 } }, 'invalid_value', 'thinking.budget_tokens'],
    [{ output_config: { effort: 'huge' } }, 'invalid_value', 'output_config.effort'],
    [
      { output_config: { format: { type: 'json_schema' } } },
      'missing_required_parameter',
      'output_config.format.schema',
    ],
    [{ metadata: { user_id: 7 } }, 'invalid_type', 'metadata.user_id'],
    [{ service_tier: 'gold' }, 'invalid_value', 'service_tier'],
    [{ cache_control: 'yes' }, 'invalid_type', 'cache_control'],
    [
      { system: [{ type: 'text', text: 'a', cache_control: { ttl: '1h' } }] },
      'missing_required_parameter',
      'system.0.cache_control.type',
    ],
    [
      { tools: [{ ...TOOL, cache_control: { type: 'ephemeral', ttl: 5 } }] },
      'invalid_type',
      'tools.0.cache_control.ttl',
    ],
    [{ tools: [{ type: 'web_search_20260318', cache_control: 7 }] }, 'invalid_type', 'tools.0.cache_control'],
    [{ tools: [{ ...TOOL, defer_loading: 'yes' }] }, 'invalid_type', 'tools.0.defer_loading'],
    [{ tools: [{ ...TOOL, input_examples: ['x'] }] }, 'invalid_type', 'tools.0.input_examples.0'],
    [{ tools: [{ ...TOOL, allowed_callers: 'direct' }] }, 'invalid_type', 'tools.0.allowed_callers'],
    [{ thinking: { type: 'adaptive', display: true } }, 'invalid_type', 'thinking.display'],
    [{ container: 7 }, 'invalid_type', 'container'],
    [{ mcp_servers: {} }, 'invalid_type', 'mcp_servers'],
    [{ context_management: [] }, 'invalid_type', 'context_management'],
    [{ inference_geo: 7 }, 'invalid_type', 'inference_geo'],
  ])('is refused in %j', (fields, code, param) => {
    expect(refusalOf(() => parseMessagesCall(bodyWith(fields)))).toEqual([code, param]);
  });

  it.each<[unknown, string, string]>([
    [{}, 'missing_required_parameter', 'messages.0.content.0.type'],
    [[], 'invalid_type', 'messages.0.content.0'],
    ['text', 'invalid_type', 'messages.0.content.0'],
    [{ type: 'text' }, 'missing_required_parameter', 'messages.0.content.0.text'],
    [{ type: 'image' }, 'missing_required_parameter', 'messages.0.content.0.source'],
    [{ type: 'image', source: { type: 'url' } }, 'missing_required_parameter', 'messages.0.content.0.source.url'],
    [{ type: 'tool_use', id: 't', name: 'n', input: [] }, 'invalid_type', 'messages.0.content.0.input'],
    [{ type: 'tool_result' }, 'missing_required_parameter', 'messages.0.content.0.tool_use_id'],
    [
      { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text' }] },
      'missing_required_parameter',
      'messages.0.content.0.content.0.text',
    ],
    [{ type: 'thinking', thinking: 'x' }, 'missing_required_parameter', 'messages.0.content.0.signature'],
    [{ type: 'text', text: 'a', citations: ['x'] }, 'invalid_type', 'messages.0.content.0.citations.0'],
    [{ type: 'document' }, 'missing_required_parameter', 'messages.0.content.0.source'],
    [
      { type: 'document', source: { type: 'text' } },
      'missing_required_parameter',
      'messages.0.content.0.source.media_type',
    ],
    [
      { type: 'document', source: { type: 'content', content: [{ type: 'text' }] } },
      'missing_required_parameter',
      'messages.0.content.0.source.content.0.text',
    ],
    [
      { type: 'document', source: { type: 'url', url: 'https://example.com' }, citations: { enabled: 1 } },
      'invalid_type',
      'messages.0.content.0.citations.enabled',
    ],
    [{ type: 'search_result', source: 's', title: 't' }, 'missing_required_parameter', 'messages.0.content.0.content'],
    [{ type: 'server_tool_use', name: 'web_search' }, 'missing_required_parameter', 'messages.0.content.0.id'],
    [{ type: 'web_search_tool_result' }, 'missing_required_parameter', 'messages.0.content.0.tool_use_id'],
    [{ type: 'container_upload' }, 'missing_required_parameter', 'messages.0.content.0.file_id'],
  ])('is refused in the block %j', (content, code, param) => {
    expect(refusalOf(() => parseMessagesCall(block(content)))).toEqual([code, param]);
  });

  it('is named in the message', () => {
    expect(() => parseMessagesCall(bodyWith({ max_tokens: undefined }))).toThrow('max_tokens: Field required.');
  });
});

describe('a name that chooses hosts, keys or headers', () => {
  it.each(['api_base', 'base_url', 'api_key', 'headers', 'extra_headers', 'organization', 'custom_llm_provider'])(
    '%s is refused',
    (name) => {
      expect(refusalOf(() => parseMessagesCall(bodyWith({ [name]: 'x' })))).toEqual(['unknown_parameter', name]);
    },
  );

  it.each<[object, string]>([
    [{ metadata: { api_base: 'x' } }, 'metadata.api_base'],
    [{ fallbacks: [{}, { api_base: 'x' }] }, 'fallbacks.1.api_base'],
    [{ tools: [{ ...TOOL, headers: {} }] }, 'tools.0.headers'],
    [JSON.parse('{"__proto__":1}') as object, '__proto__'],
  ])('is refused in %j', (fields, param) => {
    const body = Object.assign(Object.create(null) as object, bodyWith({}), fields);
    expect(refusalOf(() => parseMessagesCall(body))).toEqual(['unknown_parameter', param]);
  });

  it("may stand in a tool's schema", () => {
    const schema = { type: 'object', properties: { api_key: {}, timeout: {} } };
    expect(() => parseMessagesCall(bodyWith({ tools: [{ name: 'look', input_schema: schema }] }))).not.toThrow();
  });
});

describe('what the gateway does not know', () => {
  it.each<object>([
    { x_future: { deep: [1] } },
    { tools: [{ type: 'web_search_20260318', name: 'web_search', max_uses: 3 }] },
    { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'file', file_id: 'f' } }] }] },
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'drive', id: 'x' } }] }] },
    { messages: [{ role: 'user', content: [{ type: 'constructor' }] }] },
    { cache_control: { type: 'lasting', ttl: '24h' } },
    { container: 'container_01' },
    { container: { skills: [] } },
    { messages: [{ role: 'system', content: [{ type: 'tool_addition', tool: {} }] }] },
  ])('passes in %j', (fields) => {
    expect(parseMessagesCall(bodyWith(fields)).wire).toEqual(bodyWith(fields));
  });
});

describe('features', () => {
  it.each<[object, readonly string[]]>([
    [{}, []],
    [{ tools: [] }, []],
    [{ tools: [TOOL] }, ['tools']],
    [{ messages: [{ role: 'user', content: [IMAGE] }] }, ['vision']],
    [
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [IMAGE] }] }] },
      ['vision'],
    ],
    [{ output_config: { format: { type: 'json_schema', schema: {} } } }, ['json-schema']],
    [{ output_config: { effort: 'low' } }, ['reasoning']],
    [{ tools: [{ type: 'web_search_20260318', name: 'web_search' }] }, []],
    [{ messages: [{ role: 'user', content: [DOCUMENT] }] }, ['files']],
    [
      {
        messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'content', content: [IMAGE] } }] }],
      },
      ['vision', 'files'],
    ],
    [{ thinking: { type: 'adaptive' } }, ['reasoning']],
    [{ thinking: { type: 'disabled' } }, []],
  ])('of %j are %j', (fields, features) => {
    expect(parseMessagesCall(bodyWith(fields)).features).toEqual(features);
  });
});

import { describe, expect, it } from 'vitest';
import { assertTools } from './assert-tools.js';

const OTHER = [
  ['OpenAI chat', { tools: [{ type: 'function', function: { name: 'other' } }] }, 'tools[0]'],
  ['OpenAI custom', { tools: [{ type: 'custom', custom: { name: 'other' } }] }, 'tools[0]'],
  ['OpenAI functions', { functions: [{ name: 'get_weather' }, { name: 'other' }] }, 'functions[1]'],
  ['OpenAI responses', { tools: [{ type: 'function', name: 'other' }] }, 'tools[0]'],
  ['a tool of OpenAI', { tools: [{ type: 'code_interpreter' }] }, 'tools[0]'],
  [
    'a tool of Anthropic under an allowed name',
    { tools: [{ type: 'bash_20250124', name: 'get_weather' }] },
    'tools[0]',
  ],
  ['Anthropic', { tools: [{ name: 'other', input_schema: {} }] }, 'tools[0]'],
  ['Gemini', { tools: [{ functionDeclarations: [{ name: 'get_weather' }, { name: 'other' }] }] }, 'tools[0]'],
  ['a tool of Gemini', { tools: [{ googleSearch: {} }] }, 'tools[0]'],
  ['an MCP server', { mcp_servers: [{ url: 'https://mcp.test' }] }, 'mcp_servers[0]'],
  ['a plugin', { plugins: [{ id: 'web' }] }, 'plugins[0]'],
  ['a search', { web_search_options: {} }, 'web_search_options'],
  ['no name', { tools: [{ type: 'function', function: {} }] }, 'tools[0]'],
] as const;

describe('a list of tools', () => {
  it.each(OTHER)('refuses what it does not have: %s', (_, wire, param) => {
    expect(() => assertTools({ tools: ['get_weather', 'file_*'] }, wire)).toThrow(
      expect.objectContaining({ code: 'route_not_allowed', details: { param } }),
    );
  });

  it.each([
    { tools: [{ type: 'function', function: { name: 'get_weather' } }] },
    { tools: [{ name: 'file_read' }] },
    { tools: [{ type: 'file_search' }] },
    { tools: [{ functionDeclarations: [{ name: 'get_weather' }] }] },
    { messages: [] },
    'no object',
  ])('takes what it has: %j', (wire) => {
    expect(() => assertTools({ tools: ['get_weather', 'file_*'] }, wire)).not.toThrow();
  });

  it('takes everything where there is none', () => {
    for (const [, wire] of OTHER) expect(() => assertTools({}, wire)).not.toThrow();
  });

  it('takes no tool at all where it is empty', () => {
    for (const [, wire] of OTHER) expect(() => assertTools({ tools: [] }, wire)).toThrow();
  });
});

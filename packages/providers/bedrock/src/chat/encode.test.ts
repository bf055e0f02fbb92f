import type { Message } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CLAUDE, LLAMA, MISTRAL, NOVA, TOOLS, UNKNOWN, USER, encodeFor } from '../__fixtures__/encode-for.js';
import type { Sent } from '../__fixtures__/encode-for.js';

const CALLED: readonly Message[] = [
  USER,
  { role: 'assistant', content: [{ type: 'tool-call', id: 'call_1', name: 'f', json: '{}' }] },
  { role: 'tool', callId: 'call_1', content: [{ type: 'text', text: 'done' }] },
];
const SCHEMA = { type: 'json-schema', name: 'n', schema: { type: 'object' } } as const;
const toolsOf = ({ body }: Sent) => ({
  names: body.toolConfig?.tools.map(({ toolSpec }) => toolSpec?.name),
  choice: body.toolConfig?.toolChoice,
});

describe('the choice of tools', () => {
  it.for([
    [CLAUDE, 'auto', undefined, []],
    [CLAUDE, 'required', { any: {} }, []],
    [UNKNOWN, 'required', { any: {} }, []],
    [LLAMA, 'required', undefined, ['tool_choice dropped']],
    ['anthropic.claude-opus-5-5', 'required', undefined, ['tool_choice dropped']],
  ] as const)('of %s, %s', ([model, type, choice, changes]) => {
    const encoded = encodeFor(model, { tools: TOOLS, toolChoice: { type } });
    expect([toolsOf(encoded), encoded.changes]).toEqual([{ names: ['f', 'g'], choice }, changes]);
  });

  it.for([
    [CLAUDE, ['f', 'g'], { tool: { name: 'g' } }, []],
    [NOVA, ['f', 'g'], { tool: { name: 'g' } }, []],
    [MISTRAL, ['g'], { any: {} }, ['tool_choice emulated']],
    [LLAMA, ['g'], undefined, ['tool_choice changed']],
  ] as const)('by name, of %s', ([model, names, choice, changes]) => {
    const encoded = encodeFor(model, { tools: TOOLS, toolChoice: { type: 'tool', name: 'g' } });
    expect([toolsOf(encoded), encoded.changes]).toEqual([{ names, choice }, changes]);
  });

  it('of none leaves the tools out', () => {
    const encoded = encodeFor(CLAUDE, { tools: TOOLS, toolChoice: { type: 'none' } });
    expect([encoded.body.toolConfig, encoded.changes]).toEqual([undefined, []]);
  });

  it('of none puts a placeholder where the history has calls', () => {
    const encoded = encodeFor(CLAUDE, { messages: CALLED, tools: TOOLS, toolChoice: { type: 'none' } });
    expect([toolsOf(encoded).names, encoded.changes]).toEqual([['sluice_no_tool'], ['tool_choice emulated']]);
  });

  it('puts the placeholder where a history with calls comes without tools', () => {
    expect(toolsOf(encodeFor(NOVA, { messages: CALLED }))).toEqual({ names: ['sluice_no_tool'], choice: undefined });
  });

  it('without tools is told as lost', () => {
    const { changes } = encodeFor(CLAUDE, { toolChoice: { type: 'auto' }, parallelToolCalls: false });
    expect(changes).toEqual(['tool_choice dropped', 'parallel_tool_calls dropped']);
  });

  it.for([
    [{ type: 'auto' }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { type: 'tool', name: 'g' },
      { type: 'tool', name: 'g', disable_parallel_tool_use: true },
    ],
  ] as const)('of %j, one call at a time, is in the words of the maker', ([toolChoice, choice]) => {
    const { body } = encodeFor(CLAUDE, { tools: TOOLS, toolChoice, parallelToolCalls: false });
    expect([body.additionalModelRequestFields, body.toolConfig?.toolChoice]).toEqual([
      { tool_choice: choice },
      undefined,
    ]);
  });

  it('keeps tools that this API runs itself', () => {
    const vendorTools = [{ kind: 'bedrock-converse', data: { systemTool: { name: 'nova_grounding' } } }];
    const { body, changes } = encodeFor('amazon.nova-2-lite-v1:0', { vendorTools });
    expect([body.toolConfig?.tools, changes]).toEqual([[{ systemTool: { name: 'nova_grounding' } }], []]);
  });
});

describe('the form of the answer', () => {
  it('stands in a tool beside the tools of the caller, one of which has to be called', () => {
    const encoded = encodeFor(NOVA, { tools: TOOLS, responseFormat: SCHEMA, parallelToolCalls: false });
    expect([toolsOf(encoded), encoded.changes]).toEqual([
      { names: ['f', 'g', 'sluice_json_answer'], choice: { any: {} } },
      ['response_format emulated', 'parallel_tool_calls dropped'],
    ]);
  });

  it('stands in the one tool that may be called', () => {
    const encoded = encodeFor(MISTRAL, { tools: TOOLS, toolChoice: { type: 'none' }, responseFormat: SCHEMA });
    expect(toolsOf(encoded)).toEqual({ names: ['sluice_json_answer'], choice: { any: {} } });
  });

  it.for([
    [NOVA, { tools: TOOLS, toolChoice: { type: 'required' }, responseFormat: SCHEMA }],
    [NOVA, { responseFormat: { ...SCHEMA, schema: { type: 'array' } } }],
    [LLAMA, { responseFormat: SCHEMA }],
    [UNKNOWN, { responseFormat: SCHEMA }],
  ] as const)('of %s, with %j, is asked for in words', ([model, request]) => {
    const { body, changes } = encodeFor(model, request);
    expect([body.system?.[0]?.text, changes]).toEqual([
      expect.stringContaining(`"type":"${request.responseFormat.schema.type}"`),
      ['response_format emulated'],
    ]);
  });

  it('does without thinking where a tool has to be called', () => {
    const { changes, body } = encodeFor('anthropic.claude-3-7-sonnet-20250219-v1:0', {
      responseFormat: SCHEMA,
      reasoning: { effort: 'high' },
    });
    expect([changes, body.additionalModelRequestFields]).toEqual([
      ['response_format emulated', 'reasoning dropped'],
      undefined,
    ]);
  });

  it('that is text needs nothing', () => {
    expect(encodeFor(NOVA, { responseFormat: { type: 'text' } }).changes).toEqual([]);
  });
});

describe('reasoning', () => {
  it.for([
    [
      'anthropic.claude-3-7-sonnet-20250219-v1:0',
      { budgetTokens: 2_000 },
      { thinking: { type: 'enabled', budget_tokens: 2_000 } },
      [],
    ],
    ['us.anthropic.claude-opus-4-7', { effort: 'max' }, { thinking: { type: 'adaptive' } }, []],
    [
      'amazon.nova-2-lite-v1:0',
      { effort: 'minimal' },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
      ['reasoning changed'],
    ],
    ['amazon.nova-2-lite-v1:0', { effort: 'none' }, { reasoningConfig: { type: 'disabled' } }, []],
    ['openai.gpt-oss-120b-1:0', { effort: 'xhigh' }, { reasoning_effort: 'high' }, ['reasoning changed']],
    ['openai.gpt-oss-20b-1:0', { budgetTokens: 3_000 }, { reasoning_effort: 'medium' }, ['reasoning changed']],
    ['us.openai.gpt-5.6-sol', { effort: 'xhigh' }, { reasoning: { effort: 'xhigh' } }, []],
    ['qwen.qwen3-32b-v1:0', { effort: 'high' }, { reasoning_config: 'high' }, []],
    ['qwen.qwen3-32b-v1:0', { effort: 'none' }, undefined, []],
    [LLAMA, { effort: 'none' }, undefined, []],
    [LLAMA, { effort: 'low' }, undefined, ['reasoning dropped']],
    [NOVA, { summary: 'auto' }, undefined, ['reasoning dropped']],
  ] as const)('of %s, %j', ([model, reasoning, fields, changes]) => {
    const encoded = encodeFor(model, { reasoning });
    expect([encoded.body.additionalModelRequestFields, encoded.changes]).toEqual([fields, changes]);
  });

  it('with a budget sets a length that has room for it', () => {
    const { body } = encodeFor('anthropic.claude-3-7-sonnet-20250219-v1:0', { reasoning: { budgetTokens: 2_000 } });
    expect(body.inferenceConfig).toEqual({ maxTokens: 6_096 });
  });

  it('without one leaves the length to the model', () => {
    expect(encodeFor('us.anthropic.claude-opus-4-7', { reasoning: { effort: 'low' } }).body).toMatchObject({
      outputConfig: { effort: 'low' },
    });
    expect(
      encodeFor('us.anthropic.claude-opus-4-7', { reasoning: { effort: 'low' } }).body.inferenceConfig,
    ).toBeUndefined();
  });

  it('at the highest effort of a Nova leaves no limits', () => {
    const { body, changes } = encodeFor('amazon.nova-2-lite-v1:0', {
      reasoning: { effort: 'high' },
      maxOutputTokens: 9,
      temperature: 1,
      topP: 1,
      topK: 1,
    });
    expect([body.inferenceConfig, changes]).toEqual([
      undefined,
      ['max_tokens dropped', 'temperature dropped', 'top_p dropped', 'top_k dropped'],
    ]);
  });
});

describe('sampling', () => {
  it.for([
    [CLAUDE, { topK: 3 }, { additionalModelRequestFields: { top_k: 3 } }, []],
    ['cohere.command-r-v1:0', { topK: 3 }, { additionalModelRequestFields: { k: 3 } }, []],
    [CLAUDE, { temperature: 0.5, topP: 0.5 }, { inferenceConfig: { temperature: 0.5 } }, ['top_p dropped']],
    ['us.anthropic.claude-opus-4-7', { temperature: 0.5 }, {}, ['temperature dropped']],
    ['us.openai.gpt-5.6-sol', { temperature: 0.5, topP: 0.5 }, {}, ['temperature dropped', 'top_p dropped']],
    [
      UNKNOWN,
      { temperature: 2, topP: 0.5, topK: 3 },
      { inferenceConfig: { temperature: 1, topP: 0.5 } },
      ['temperature changed', 'top_k dropped'],
    ],
  ] as const)('of %s with %j', ([model, request, expected, changes]) => {
    const { messages: _, ...rest } = encodeFor(model, request).body;
    expect([rest, encodeFor(model, request).changes]).toEqual([expected, changes]);
  });
});

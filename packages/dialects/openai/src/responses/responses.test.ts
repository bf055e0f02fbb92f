import type { ChatEvent, ChatResult, JsonObject, VendorState } from '@sluice/contract';
import { gatewayError } from '@sluice/contract';
import { createFrameReader } from '@sluice/toolkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAiResponses } from './dialect.js';
import { STATELESS, openState, sealState } from './sealed-state.js';
import type { SealedState } from '@sluice/toolkit';

const CONTEXT = { requestId: 'r', answerId: 'a', createdSeconds: 7, wantsUsage: true };
const MODEL = { model: 'm' };

type Item = JsonObject & { readonly id?: string };

function write(
  content: ChatResult['content'],
  wire: JsonObject = {},
): JsonObject & { readonly output: readonly Item[] } {
  const result: ChatResult = { id: 'up', model: 'm', content, finish: { unified: 'stop' } };
  return JSON.parse(openAiResponses.writeResult(result, { ...CONTEXT, wire })) as JsonObject & {
    readonly output: readonly Item[];
  };
}

function lastResponse(events: readonly ChatEvent[]): JsonObject {
  const writer = openAiResponses.stream?.open(CONTEXT);
  const text = events.map((event) => writer?.write(event)).join('');
  const last = createFrameReader().push(Buffer.from(text)).at(-1);
  return (JSON.parse(last?.data ?? '{}') as { readonly response: JsonObject }).response;
}

/** The assistant's turn that a client sends back which got these items. */
function sentBack(items: readonly Item[]): unknown {
  const input = [{ role: 'user', content: 'Hi' }, ...items];
  return openAiResponses.parse({ ...MODEL, input }).toRequest().messages[1]?.content;
}

const state = fc.record({
  kind: fc.constantFrom('anthropic-messages', 'gemini-generate'),
  data: fc.dictionary(fc.string(), fc.string()),
});
const place = fc.constantFrom<SealedState['on']>(undefined, 'text', 'part', { call: 'call_1' });

describe("a vendor's state in encrypted_content", () => {
  it('comes back as it went, whatever it belongs to', () => {
    const property = fc.property(state, place, (given, on) => {
      const sealed = { state: given, ...(on === undefined ? {} : { on }) };
      expect(openState(sealState(sealed))).toEqual(sealed);
    });
    expect(fc.check(property).counterexample).toBeNull();
  });

  it("is OpenAI's own text where the state is OpenAI's own", () => {
    const own: VendorState = { kind: 'openai-responses', data: { encrypted_content: 'gAAAA' } };
    expect([sealState({ state: own }), openState('gAAAA')]).toEqual(['gAAAA', { state: own }]);
  });

  it('is there also where no state came, and stands for none', () => {
    const reasoning = { type: 'reasoning', text: 'Hm.' } as const;
    const { output } = write([reasoning, { type: 'text', text: 'Yes.' }]);
    expect(output[0]).toMatchObject({ encrypted_content: STATELESS });
    expect(sentBack(output)).toEqual([reasoning, { type: 'text', text: 'Yes.' }]);
  });

  it.for(['sluice1.', 'sluice1.!!', 'sluice1.bnVsbA', 'sluice1.e30'])(
    'is left to OpenAI where %s is none of ours',
    (text) => {
      expect(openState(text)).toEqual({ state: { kind: 'openai-responses', data: { encrypted_content: text } } });
    },
  );
});

describe('an answer that a client sends back', () => {
  const opaque: VendorState = { kind: 'gemini-generate', data: { thoughtSignature: 'c2ln' } };
  it.for<[string, ChatResult['content']]>([
    ['reasoning', [{ type: 'reasoning', text: 'hm', opaque }]],
    ['text with a state', [{ type: 'text', text: 'Hi', opaque }]],
    [
      'calls with states',
      [
        { type: 'tool-call', id: 'c1', name: 'a', json: '{"x": 1}', opaque },
        { type: 'tool-call', id: 'c2', name: 'a', json: '{}', opaque },
      ],
    ],
    ["another vendor's part", [{ type: 'vendor', state: opaque }]],
    [
      'pictures, one with a state',
      [
        { type: 'text', text: 'See' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', base64: '/9j/AA==' }, opaque },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', base64: 'iVBORw0KGgo=' } },
      ],
    ],
    [
      'a refusal',
      [
        { type: 'text', text: 'Hi' },
        { type: 'refusal', text: 'No' },
      ],
    ],
    [
      'nothing lost between',
      [
        { type: 'reasoning', text: '', opaque },
        { type: 'text', text: 'Calling' },
        { type: 'tool-call', id: 'c1', name: 'a', json: '{' },
      ],
    ],
  ])('is the same again: %s', ([, content]) => {
    expect(sentBack(write(content).output)).toEqual(content);
  });

  it('has in words what no item is for', () => {
    const url = 'https://a.example/b.png';
    const { output } = write([
      { type: 'audio', format: 'wav', base64: 'UklG', transcript: 'Hi.' },
      { type: 'audio', format: 'wav', base64: 'UklG' },
      { type: 'image', source: { kind: 'url', url } },
    ]);
    expect(output).toMatchObject([
      { type: 'message', content: [{ text: 'Hi.' }, { text: '[sound: wav]' }, { text: `![](${url})` }] },
    ]);
  });

  it('is the same again where a tool takes free text', () => {
    const wire = { tools: [{ type: 'custom', name: 'patch' }] };
    const json = '{"input":"*** Begin"}';
    const { output } = write([{ type: 'tool-call', id: 'c1', name: 'patch', json }], wire);
    expect(output).toMatchObject([{ type: 'custom_tool_call', input: '*** Begin', call_id: 'c1' }]);
    expect(sentBack(output)).toEqual([{ type: 'tool-call', id: 'c1', name: 'patch', json }]);
  });
});

describe('how an answer ends', () => {
  it.for<[ChatResult['finish'], string, unknown]>([
    [{ unified: 'stop' }, 'completed', null],
    [{ unified: 'length' }, 'incomplete', { reason: 'max_output_tokens' }],
    [{ unified: 'content-filter' }, 'incomplete', { reason: 'content_filter' }],
  ])('%j is %s', ([finish, status, details]) => {
    const response = lastResponse([
      { type: 'start', id: 'i', model: 'm' },
      { type: 'finish', finish },
    ]);
    expect([response.status, response.incomplete_details]).toEqual([status, details]);
  });

  it('repeats what the caller set', () => {
    const wire = { metadata: { a: 'b' }, temperature: 0.2, tools: [{ type: 'web_search' }] };
    expect(write([], wire)).toMatchObject(wire);
  });
});

it('tells of a late failure in both of the forms that clients look for', () => {
  const frame = openAiResponses.writeStreamError(gatewayError('upstream_truncated', { message: 'Cut.' }), {
    requestId: 'r',
  });
  const [read] = createFrameReader().push(Buffer.from(frame));
  expect(JSON.parse(read?.data ?? '')).toMatchObject({
    type: 'error',
    code: 'upstream_truncated',
    message: 'Cut.',
    error: { code: 'upstream_truncated', message: 'Cut.' },
  });
});

describe('what a request needs', () => {
  it('is seen in its tools, items and settings', () => {
    const input = [
      { role: 'user', content: [{ type: 'input_image', image_url: 'https://a.example/a.png' }] },
      {
        type: 'function_call_output',
        call_id: 'c',
        output: [{ type: 'input_file', file_url: 'https://a.example/a.pdf' }],
      },
    ];
    const tools = [{ type: 'custom', name: 'a' }];
    const { features, adjustments } = openAiResponses.parse({ ...MODEL, input, tools, reasoning: { effort: 'low' } });
    expect([features, adjustments]).toEqual([
      ['tools', 'reasoning', 'vision', 'files'],
      [{ parameter: 'tools.custom', action: 'emulated' }],
    ]);
  });

  it.for([{ type: 'allowed_tools', mode: 'required', tools: [] }, 'required'])(
    'may be a choice of tools like %j',
    (choice) => {
      const { toolChoice } = openAiResponses.parse({ ...MODEL, input: 'a', tool_choice: choice }).toRequest();
      expect(toolChoice).toEqual({ type: 'required' });
    },
  );

  it('keeps every member of a schema, whatever it is called', () => {
    const schema = JSON.parse('{"type":"object","__proto__":{"a":1}}') as JsonObject;
    const call = openAiResponses.parse({
      ...MODEL,
      input: 'a',
      tools: [{ type: 'function', name: 'f', parameters: schema }],
      text: { format: { type: 'json_schema', name: 'a', schema } },
    });
    const { tools, responseFormat } = call.toRequest();
    expect(JSON.stringify([tools, responseFormat]).match(/"__proto__":\{"a":1\}/g)).toHaveLength(2);
  });

  it('lists a choice that only OpenAI knows as its own field', () => {
    const { extensions } = openAiResponses.parse({ ...MODEL, input: 'a', tool_choice: { type: 'mcp' } }).toRequest();
    expect(extensions?.fields).toEqual({ tool_choice: { type: 'mcp' } });
  });

  it('cannot be an image that is nowhere', () => {
    const input = [{ role: 'user', content: [{ type: 'input_image' }] }];
    expect(() => openAiResponses.parse({ ...MODEL, input }).toRequest()).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'input[0][0]' } }),
    );
  });

  it('takes the name that the gateway gave to reasoning for no state of OpenAI', () => {
    const reasoningOf = (id: string) => {
      const input = [{ type: 'reasoning', id, summary: [{ type: 'summary_text', text: 'Hm.' }] }];
      return openAiResponses.parse({ ...MODEL, input }).toRequest().messages[0]?.content;
    };
    expect(reasoningOf('rs_answer-1_0')).toEqual([{ type: 'reasoning', text: 'Hm.' }]);
    expect(reasoningOf('rs_67ab')).toEqual([
      { type: 'reasoning', text: 'Hm.', opaque: { kind: 'openai-responses', data: { id: 'rs_67ab' } } },
    ]);
  });
});

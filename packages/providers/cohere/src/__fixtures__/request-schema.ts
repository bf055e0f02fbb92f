import { z } from 'zod';

const text = z.string();
const textBlock = z.strictObject({ type: z.literal('text'), text });
const thinkingBlock = z.strictObject({ type: z.literal('thinking'), thinking: text });
const imageBlock = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: text.min(1), detail: z.enum(['auto', 'low', 'high']).optional() }),
});
const call = z.strictObject({
  id: text.min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: text.min(1), arguments: text.min(1) }),
});
const blocks = <T extends z.ZodType>(block: T) => z.union([text, z.array(block).min(1)]);

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: blocks(textBlock) }),
  z.strictObject({ role: z.literal('user'), content: blocks(z.union([textBlock, imageBlock])) }),
  z
    .strictObject({
      role: z.literal('assistant'),
      content: blocks(z.union([textBlock, thinkingBlock])).optional(),
      tool_plan: text.min(1).optional(),
      tool_calls: z.array(call).min(1).optional(),
      citations: z.array(z.looseObject({ content_index: z.int().min(0) })).min(1).optional(),
    })
    .refine(({ content, tool_calls: calls }) => content !== undefined || calls !== undefined, 'says nothing')
    .refine(({ tool_plan: plan, tool_calls: calls }) => plan === undefined || calls !== undefined, 'a plan of nothing')
    .refine(({ content, citations = [] }) => citations.every((one) => isTextAt(content, one.content_index)), 'no text'),
  z.strictObject({ role: z.literal('tool'), tool_call_id: text.min(1), content: blocks(textBlock) }),
]);

function isTextAt(content: string | readonly object[] | undefined, index: number): boolean {
  if (typeof content === 'string') return index === 0;
  return content?.[index] !== undefined && 'text' in content[index];
}

const tool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: text.min(1),
    description: text.optional(),
    parameters: z.looseObject({ type: z.literal('object'), required: z.array(text).optional() }),
  }),
});

/**
 * What `POST /v2/chat` takes and nothing more: `cohere-openapi.yaml` of
 * https://github.com/cohere-ai/cohere-developer-experience, and the refusals of https://docs.cohere.com/reference/errors and
 * https://docs.cohere.com/v2/docs/structured-outputs.
 */
export const chatRequestSchema = z
  .strictObject({
    model: text.min(1),
    messages: z.array(message).min(1),
    stream: z.literal(true).optional(),
    tools: z.array(tool).min(1).optional(),
    tool_choice: z.enum(['REQUIRED', 'NONE']).optional(),
    strict_tools: z.literal(true).optional(),
    response_format: z
      .strictObject({ type: z.literal('json_object'), json_schema: z.record(text, z.unknown()).optional() })
      .optional(),
    max_tokens: z.int().min(1).optional(),
    stop_sequences: z.array(text).max(5).optional(),
    temperature: z.number().min(0).max(1).optional(),
    p: z.number().min(0.01).max(0.99).optional(),
    k: z.int().min(0).max(500).optional(),
    seed: z.int().min(0).optional(),
    frequency_penalty: z.number().gt(0).max(1).optional(),
    presence_penalty: z.number().gt(0).max(1).optional(),
    logprobs: z.literal(true).optional(),
    thinking: z
      .union([
        z.strictObject({ type: z.literal('disabled') }),
        z.strictObject({ type: z.literal('enabled'), token_budget: z.int().min(1).optional() }),
      ])
      .optional(),
  })
  .refine(({ messages }) => messages.findLastIndex(({ role }) => role === 'system') <= 0, 'system turn must be first')
  .refine(({ frequency_penalty: one, presence_penalty: other }) => one === undefined || other === undefined, 'both')
  .refine(({ tools, response_format: format }) => tools === undefined || format === undefined, 'a format beside tools')
  .refine(({ tools, tool_choice: choice }) => tools !== undefined || choice === undefined, 'a choice without tools')
  .refine(({ tools, strict_tools: strict }) => !strict || tools?.every(isStrict), 'strict tools that need nothing')
  .refine(({ messages }) => messages.every((one, at) => one.role !== 'tool' || isCalled(one, messages.slice(0, at))));

function isStrict({ function: { parameters } }: z.infer<typeof tool>): boolean {
  return (parameters.required?.length ?? 0) > 0;
}

function isCalled({ tool_call_id: id }: { readonly tool_call_id: string }, before: readonly object[]): boolean {
  return before.some((one) => 'tool_calls' in one && (one.tool_calls as readonly { id: string }[] | undefined)?.some((made) => made.id === id));
}

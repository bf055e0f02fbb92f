import { z } from 'zod';

/**
 * Checks a value without making a new one, as the check runs for every call: a string passes, anything else must be the
 * list. A union would say only that nothing matched, not where.
 */
function textOr(list: z.ZodType): z.ZodType {
  return z.unknown().check((context) => {
    if (typeof context.value !== 'string') report(context, list);
  });
}

/** An object checked by its `type`; a type that is not named here passes, for the vendor adds some every month. */
function byType(schemas: Readonly<Record<string, () => z.ZodType>>): z.ZodType {
  const known = new Map(Object.entries(schemas));
  const typed = z.object({ type: z.string() });
  return z.unknown().check((context) => {
    const { value } = context;
    const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
    const schema = typeof type === 'string' ? known.get(type)?.() : typed;
    if (schema) report(context, schema);
  });
}

function report(context: z.core.ParsePayload, schema: z.ZodType): void {
  const { error } = schema.safeParse(context.value);
  for (const issue of error?.issues ?? [])
    context.issues.push({ ...issue, input: context.value } as z.core.$ZodRawIssue);
}

const record = z.record(z.string(), z.unknown());
const fraction = z.number().min(0).max(1);

const textBlock = z.object({ type: z.literal('text'), text: z.string() });
const imageSource = byType({ base64: () => base64Source, url: () => urlSource, file: () => fileSource });
const base64Source = z.object({ media_type: z.string(), data: z.string() });
const urlSource = z.object({ url: z.string().min(1) });
const fileSource = z.object({ file_id: z.string() });
const imageBlock = z.object({ source: imageSource });
const toolUseBlock = z.object({ id: z.string().min(1), name: z.string().min(1), input: record });
const toolResultBlock = z.object({
  tool_use_id: z.string().min(1),
  content: z.lazy(() => textOr(z.array(block))).optional(),
  is_error: z.boolean().optional(),
});
const thinkingBlock = z.object({ thinking: z.string(), signature: z.string() });
const redactedThinkingBlock = z.object({ data: z.string() });
const block: z.ZodType = byType({
  text: () => textBlock,
  image: () => imageBlock,
  tool_use: () => toolUseBlock,
  tool_result: () => toolResultBlock,
  thinking: () => thinkingBlock,
  redacted_thinking: () => redactedThinkingBlock,
});

const message = z.object({ role: z.enum(['user', 'assistant', 'system']), content: textOr(z.array(block)) });

const customTool = z.object({
  name: z.string().min(1).max(128),
  description: z.string().optional(),
  input_schema: record,
  strict: z.boolean().optional(),
});
/** Tools that the vendor runs or knows are named by their type and pass; `custom` is the caller's own. */
const tool = z.unknown().check((context) => {
  const { value } = context;
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string' || type === 'custom') report(context, customTool);
});

const oneAtATime = { disable_parallel_tool_use: z.boolean().optional() };
const toolChoice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auto'), ...oneAtATime }),
  z.object({ type: z.literal('any'), ...oneAtATime }),
  z.object({ type: z.literal('tool'), name: z.string().min(1), ...oneAtATime }),
  z.object({ type: z.literal('none') }),
]);

const thinking = z.discriminatedUnion('type', [
  z.object({ type: z.literal('enabled'), budget_tokens: z.int().min(1_024) }),
  z.object({ type: z.literal('adaptive') }),
  z.object({ type: z.literal('between_tools') }),
  z.object({ type: z.literal('disabled') }),
]);

const outputConfig = z.object({
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  format: z.object({ type: z.literal('json_schema'), schema: record }).nullish(),
});

/** More than any model can answer with; a larger number is a mistake, and would upset what counts on it. */
const MAX_TOKENS_LIMIT = 16_777_216;

/** The known fields of a call. Fields that are not named here are not looked at. */
export const messagesSchema = z.object({
  model: z
    .string()
    .min(1)
    .max(256)
    .regex(/^\P{Cc}*$/u, 'No control characters are allowed'),
  max_tokens: z.int().min(1).max(MAX_TOKENS_LIMIT),
  messages: z.array(message).min(1),
  system: textOr(z.array(textBlock)).optional(),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string()).optional(),
  temperature: fraction.optional(),
  top_p: fraction.optional(),
  top_k: z.int().min(0).optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  thinking: thinking.optional(),
  output_config: outputConfig.optional(),
  metadata: z.object({ user_id: z.string().nullish() }).optional(),
  cache_control: z.object({ type: z.string() }).nullish(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  speed: z.enum(['standard', 'fast']).nullish(),
});

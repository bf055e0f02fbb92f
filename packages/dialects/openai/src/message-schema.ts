import { UNSAFE_URL, isSafeImageUrl, isSafeSource } from '@sluice/toolkit';
import { z } from 'zod';

const mediaUrl = z.string().min(1).refine(isSafeImageUrl, UNSAFE_URL);
const source = z.string().refine(isSafeSource, UNSAFE_URL);
const name = z.string().optional();
const entries = z.array(z.record(z.string(), z.unknown())).nullish();

/** Anthropic's mark, which OpenRouter and LiteLLM take from clients of this dialect, and OpenAI's own. */
const marks = {
  cache_control: z.looseObject({ type: z.string(), ttl: z.string().nullish() }).nullish(),
  prompt_cache_breakpoint: z.looseObject({ mode: z.string(), ttl: z.string().nullish() }).nullish(),
};

const textPart = z.looseObject({ type: z.literal('text'), text: z.string(), ...marks });
const refusalPart = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: mediaUrl, detail: z.enum(['auto', 'low', 'high', 'original']).nullish() }),
  ...marks,
});
const audioPart = z.looseObject({
  type: z.literal('input_audio'),
  input_audio: z.looseObject({ data: z.string(), format: z.string() }),
  ...marks,
});
const filePart = z.looseObject({
  type: z.literal('file'),
  file: z.looseObject({
    file_data: source.optional(),
    file_id: source.optional(),
    filename: z.string().optional(),
  }),
  ...marks,
});
/** OpenRouter's and vLLM's. */
const videoPart = z.looseObject({ type: z.literal('video_url'), video_url: z.looseObject({ url: mediaUrl }) });

const texts = z.union([z.string(), z.array(textPart).min(1)]);
const userContent = z.union([
  z.string(),
  z.array(z.discriminatedUnion('type', [textPart, imagePart, audioPart, filePart, videoPart])).min(1),
]);
/** OpenAI's own results of tools are texts; OpenRouter and LiteLLM also take what a user may show. */
const toolContent = z.union([
  z.string(),
  z.array(z.discriminatedUnion('type', [textPart, imagePart, filePart])).min(1),
]);
const assistantContent = z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, refusalPart])).min(1)]);

const functionCall = z.looseObject({ name: z.string(), arguments: z.string() });
const toolCall = z.discriminatedUnion('type', [
  z.looseObject({ id: z.string().min(1), type: z.literal('function'), function: functionCall }),
  z.looseObject({
    id: z.string().min(1),
    type: z.literal('custom'),
    custom: z.looseObject({ name: z.string(), input: z.string() }),
  }),
]);

/** One message of a chat request. */
export const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.enum(['system', 'developer']), content: texts, name, ...marks }),
  z.looseObject({ role: z.literal('user'), content: userContent, name, ...marks }),
  z.looseObject({
    role: z.literal('assistant'),
    content: assistantContent.nullish(),
    refusal: z.string().nullish(),
    /** What other servers of the dialect call the model's reasoning, and where they keep its signatures. */
    reasoning_content: z.string().nullish(),
    reasoning: z.string().nullish(),
    reasoning_details: entries,
    thinking_blocks: entries,
    annotations: entries,
    images: entries,
    tool_calls: z.array(toolCall).nullish(),
    function_call: functionCall.nullish(),
    audio: z.looseObject({ id: z.string() }).nullish(),
    name,
    ...marks,
  }),
  z.looseObject({ role: z.literal('tool'), content: toolContent, tool_call_id: z.string().min(1), ...marks }),
  z.looseObject({ role: z.literal('function'), content: z.string().nullable(), name: z.string() }),
]);
export type WireMessage = z.infer<typeof message>;
export type WireUserContent = z.infer<typeof userContent>;
export type WireToolContent = z.infer<typeof toolContent>;

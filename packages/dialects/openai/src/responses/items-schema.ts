import { UNSAFE_URL, isSafeImageUrl, isSafeSource, isSafeUrl } from '@sluice/toolkit';
import { z } from 'zod';
import { refuseUnsafeUrls } from './unsafe-urls.js';

/** Wire source: npm openai 6.49.0, `resources/responses/responses.d.ts`. */
const text = z.looseObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const image = z.looseObject({
  type: z.literal('input_image'),
  image_url: z.string().min(1).refine(isSafeImageUrl, UNSAFE_URL).nullish(),
  file_id: z.string().nullish(),
  detail: z.enum(['auto', 'low', 'high', 'original']).nullish(),
});
const file = z.looseObject({
  type: z.literal('input_file'),
  file_data: z.string().refine(isSafeSource, UNSAFE_URL).nullish(),
  file_id: z.string().nullish(),
  file_url: z.string().refine(isSafeUrl, UNSAFE_URL).nullish(),
  filename: z.string().nullish(),
});
const audio = z.looseObject({
  type: z.literal('input_audio'),
  input_audio: z.looseObject({ data: z.string(), format: z.string() }),
});

const part = z.discriminatedUnion('type', [text, refusal, image, file, audio]);
export type WirePart = z.infer<typeof part>;

const parts = z.array(part);
const output = z.union([z.string(), parts]);

const message = z.looseObject({
  type: z.literal('message').optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([z.string(), parts]),
});
const functionCall = z.looseObject({
  type: z.literal('function_call'),
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string(),
});
const customCall = z.looseObject({
  type: z.literal('custom_tool_call'),
  call_id: z.string().min(1),
  name: z.string().min(1),
  input: z.string(),
});
const callOutput = z.looseObject({
  type: z.enum(['function_call_output', 'custom_tool_call_output']),
  call_id: z.string().min(1),
  output,
});
const reasoning = z.looseObject({
  type: z.literal('reasoning'),
  id: z.string().nullish(),
  summary: z.array(z.looseObject({ text: z.string() })),
  content: z.array(z.looseObject({ text: z.string() })).nullish(),
  encrypted_content: z.string().nullish(),
});
const known = z.discriminatedUnion('type', [functionCall, customCall, callOutput, reasoning]);
export type WireKnownItem = z.infer<typeof known>;
export type WireMessageItem = z.infer<typeof message>;

const KNOWN: ReadonlySet<unknown> = new Set([
  'function_call',
  'custom_tool_call',
  'function_call_output',
  'custom_tool_call_output',
  'reasoning',
]);

/** An item of a kind that only OpenAI's own tools have: carried as it is, but for URLs in it. */
const other = z.looseObject({ type: z.string().min(1) }).superRefine(refuseUnsafeUrls);
export type WireOtherItem = z.infer<typeof other>;
export type WireItem = WireMessageItem | WireKnownItem | WireOtherItem;

/** One item of `input`. Each is checked by the schema of its own kind, so that a problem names the field it is in. */
export const item = z.unknown().transform((value, context): WireItem => {
  const checked = schemaOf(value).safeParse(value);
  if (checked.success) return checked.data;
  for (const issue of checked.error.issues) context.addIssue({ ...issue });
  return z.NEVER;
});

function schemaOf(value: unknown): z.ZodType<WireItem> {
  const type = (value as { readonly type?: unknown } | null)?.type;
  if (type === undefined || type === 'message') return message;
  return KNOWN.has(type) ? known : other;
}

/** Whether an item is what somebody said. */
export function isMessage(given: WireItem): given is WireMessageItem {
  return 'role' in given && (given.type === undefined || given.type === 'message');
}

/** Whether an item is of a kind that every dialect has a form for. */
export function isKnown(given: WireItem): given is WireKnownItem {
  return KNOWN.has(given.type);
}

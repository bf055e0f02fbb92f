import { z } from 'zod';

const text = z.string();
const base64 = z.base64().min(1);

const call = z.strictObject({
  id: text,
  function: z.strictObject({ index: z.int().min(0), name: text.min(1), arguments: z.record(text, z.unknown()) }),
});
const media = { content: text, images: z.array(base64).min(1).optional() };
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: text }),
  z.strictObject({ role: z.literal('user'), ...media }),
  z.strictObject({
    role: z.literal('assistant'),
    content: text,
    thinking: text.min(1).optional(),
    tool_calls: z.array(call).min(1).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), ...media, tool_name: text.min(1).optional(), tool_call_id: text }),
]);

/**
 * What `POST /api/chat` takes and nothing more: `ChatRequest`, `Message` and `Options` in `api/types.go` of
 * https://github.com/ollama/ollama at v0.33, and its checks in `server/routes.go`.
 */
export const chatRequestSchema = z.strictObject({
  model: text.min(1),
  messages: z.array(message).min(1),
  truncate: z.boolean(),
  stream: z.boolean(),
  format: z.union([z.literal('json'), z.record(text, z.unknown())]).optional(),
  keep_alive: z.union([text, z.number()]).optional(),
  options: z
    .strictObject({
      num_predict: z.int().optional(),
      temperature: z.number().optional(),
      top_p: z.number().optional(),
      top_k: z.int().optional(),
      stop: z.array(text).optional(),
      seed: z.int().optional(),
      frequency_penalty: z.number().optional(),
      presence_penalty: z.number().optional(),
    })
    .refine((options) => Object.keys(options).length > 0)
    .optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({
          name: text.min(1),
          description: text.optional(),
          parameters: z.looseObject({ type: z.literal('object'), properties: z.record(text, z.unknown()) }),
        }),
      }),
    )
    .min(1)
    .optional(),
  think: z.union([z.boolean(), z.enum(['low', 'medium', 'high', 'max'])]).optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.int().min(0).max(20).optional(),
});

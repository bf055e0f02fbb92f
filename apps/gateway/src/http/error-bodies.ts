import { z } from 'zod';

const message = z.string().meta({ description: 'What went wrong, for people.' });
const code = z.string().nullable().meta({ description: 'What went wrong, for programs.' });

const openAiError = z
  .object({
    error: z.object({
      message,
      type: z.string(),
      param: z.string().nullable().meta({ description: 'The parameter at fault.' }),
      code,
    }),
  })
  .meta({ id: 'Error', description: 'A failure.' });

const anthropicError = z
  .object({
    type: z.literal('error'),
    error: z.object({ type: z.string(), message, code: z.string() }),
    request_id: z.string(),
  })
  .meta({ id: 'AnthropicError', description: "A failure, as clients of Anthropic's API read it." });

const geminiError = z
  .object({
    error: z.object({ code: z.int(), message, status: z.string(), details: z.array(z.looseObject({})) }),
  })
  .meta({ id: 'GeminiError', description: "A failure, as clients of Google's API read it." });

const cohereError = z
  .object({ id: z.string(), message, code: z.string(), param: z.string().optional() })
  .meta({ id: 'CohereError', description: "A failure, as clients of Cohere's API read it." });

/** What a failure looks like at a path, as `/openapi.json` writes paths. */
export function errorBodyAt(path: string): z.ZodType {
  if (/^\/v1(?:beta)?\/models\/\{\w+\}:/.test(path)) return geminiError;
  if (/^\/v1\/messages(?:\/|$)/.test(path)) return anthropicError;
  return /^(?:\/v[12])?\/rerank$/.test(path) ? cohereError : openAiError;
}

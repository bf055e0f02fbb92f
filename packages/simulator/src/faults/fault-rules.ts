import { z } from 'zod';

const count = z.int().min(0);
const milliseconds = z.number().min(0).max(600_000);
const afterTokens = count.default(0).describe('Tokens of the answer before it happens.');

const retryAfter = z.strictObject({
  form: z
    .enum(['seconds', 'date', 'ms', 'vendor'])
    .describe("`Retry-After` in seconds or as an HTTP date, `retry-after-ms`, or the vendor's own way."),
  ms: z.number().min(0).max(86_400_000),
});

/** What goes wrong. */
export const faultAction = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    message: z.string().optional(),
    code: z.string().optional().describe("The vendor's own name for the error."),
    retryAfter: retryAfter.optional(),
    body: z.enum(['vendor', 'html', 'empty']).default('vendor'),
  }),
  z.strictObject({ kind: z.literal('hang-connect') }).describe('Takes the connection and reads nothing.'),
  z.strictObject({ kind: z.literal('hang') }).describe('Reads the request and never answers.'),
  z.strictObject({ kind: z.literal('slow-headers'), ms: milliseconds }),
  z.strictObject({
    kind: z.literal('stall'),
    afterTokens,
    ms: milliseconds.optional().describe('For good where absent.'),
  }),
  z.strictObject({ kind: z.literal('pace'), ms: milliseconds }).describe('The gap between tokens.'),
  z.strictObject({ kind: z.literal('keep-alive'), everyMs: milliseconds, times: count.optional() }),
  z.strictObject({
    kind: z.literal('cut'),
    afterTokens,
    by: z.enum(['fin', 'rst']).default('rst'),
    inside: z.enum(['frame', 'code-point']).optional().describe('Where in a frame; between two where absent.'),
  }),
  z.strictObject({ kind: z.literal('quiet-end'), afterTokens }).describe('A clean end without a finish.'),
  z.strictObject({
    kind: z.literal('error-in-answer'),
    afterTokens,
    status: z.int().min(400).max(599).default(529),
    message: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('usage'), as: z.enum(['none', 'wrong']) }),
  z.strictObject({ kind: z.literal('terminal'), as: z.enum(['twice', 'missing']) }),
  z.strictObject({ kind: z.literal('malformed-json'), afterTokens }),
  z.strictObject({ kind: z.literal('content-type'), contentType: z.string().min(1) }),
  z.strictObject({ kind: z.literal('refuse-prefill') }),
]);
export type FaultAction = z.infer<typeof faultAction>;

/** One line of a fault script: which requests, when, and what goes wrong. */
export const faultRule = z.strictObject({
  models: z.array(z.string().min(1)).optional().describe('Names, `*` standing for anything. All models where absent.'),
  vendors: z.array(z.enum(['openai', 'anthropic', 'gemini', 'bedrock', 'cohere'])).optional(),
  stream: z.boolean().optional().describe('Streams only, or plain answers only.'),
  after: count.optional().describe('So many matching requests pass first.'),
  every: z.int().min(1).optional().describe('Each nth matching request.'),
  probability: z.number().min(0).max(1).optional().describe('The share of matching requests, by the seed.'),
  times: count.optional().describe('So often at most.'),
  forMs: milliseconds.optional().describe('For so long after the script was set.'),
  fault: faultAction,
});
export type FaultRule = z.infer<typeof faultRule>;

/** Faults in the order in which they are looked at; all that apply to a request happen to it. */
export const faultRules = z.array(faultRule);

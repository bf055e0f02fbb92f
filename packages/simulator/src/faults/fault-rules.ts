import { z } from 'zod';

const count = z.int().min(0);
const milliseconds = z.number().min(0).max(600_000);
const status = z.int().min(400).max(599);
const message = z.string().optional().describe('What the error says.');
const afterTokens = count.default(0).describe('Tokens of the answer before it happens.');

const retryAfter = z.strictObject({
  form: z
    .enum(['seconds', 'date', 'ms', 'vendor', 'none'])
    .describe("`Retry-After` in seconds or as an HTTP date, `retry-after-ms`, the vendor's own way, or not at all."),
  ms: z.number().min(0).max(86_400_000).describe('How long to wait.'),
});

/** What goes wrong. */
export const faultAction = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status').describe('Fails with this HTTP status.'),
    status: status.describe('The HTTP status.'),
    message,
    about: z
      .enum(['context-length', 'content-policy', 'quota'])
      .optional()
      .describe('What the error is about, where its status does not tell.'),
    code: z.string().optional().describe("The vendor's own name for the error."),
    retryAfter: retryAfter.optional(),
    body: z.enum(['vendor', 'html', 'empty']).default('vendor').describe('The error in what form.'),
  }),
  z.strictObject({ kind: z.literal('hang-connect').describe('Takes the connection and reads nothing.') }),
  z.strictObject({ kind: z.literal('hang').describe('Reads the request and never answers.') }),
  z.strictObject({
    kind: z.literal('slow-headers').describe('Answers late.'),
    ms: milliseconds.describe('How late.'),
  }),
  z.strictObject({
    kind: z.literal('stall').describe('Falls silent inside the answer.'),
    afterTokens,
    ms: milliseconds.optional().describe('How long; for good where absent.'),
  }),
  z.strictObject({
    kind: z.literal('pace').describe('Answers slowly.'),
    ms: milliseconds.describe('The gap between tokens.'),
  }),
  z.strictObject({
    kind: z.literal('keep-alive').describe('Sends signs of life before the answer.'),
    everyMs: milliseconds.describe('How often.'),
    times: count.optional().describe('How many; for ever where absent.'),
  }),
  z.strictObject({
    kind: z.literal('cut').describe('Breaks the connection inside the answer.'),
    afterTokens,
    by: z.enum(['fin', 'rst']).default('rst').describe('In good order or by a reset.'),
    inside: z.enum(['frame', 'code-point']).optional().describe('In the middle of what; between frames where absent.'),
  }),
  z.strictObject({
    kind: z.literal('drop').describe('Breaks the connection before it answers.'),
    by: z.enum(['fin', 'rst']).default('rst').describe('In good order or by a reset.'),
  }),
  z.strictObject({
    kind: z.literal('bytes').describe('Writes bytes on the connection in place of an answer.'),
    bytes: z.string().max(1_048_576).describe('Which, each character one byte.'),
    close: z.boolean().default(true).describe('Closes the connection after them; else it falls silent.'),
  }),
  z.strictObject({
    kind: z.literal('long-line').describe('Sends a line, or a body, that does not end; then falls silent.'),
    afterTokens,
    lineBytes: z.int().min(1).max(1_073_741_824).default(104_857_600).describe('How many bytes of it there are.'),
  }),
  z.strictObject({
    kind: z.literal('headers').describe('Answers with further headers.'),
    headers: z.record(z.string().min(1), z.string()).describe('Which.'),
  }),
  z.strictObject({ kind: z.literal('quiet-end').describe('Ends in good order without a finish.'), afterTokens }),
  z.strictObject({
    kind: z.literal('error-in-answer').describe('Reports an error under status 200.'),
    afterTokens,
    status: status.default(529).describe('The status that the error stands for.'),
    message,
  }),
  z.strictObject({
    kind: z.literal('usage').describe('Counts tokens wrongly.'),
    as: z.enum(['none', 'wrong']).describe('Not at all, or twice too many.'),
  }),
  z.strictObject({
    kind: z.literal('terminal').describe('Ends a stream wrongly.'),
    as: z.enum(['twice', 'missing']).describe('How often the last frame comes.'),
  }),
  z.strictObject({ kind: z.literal('malformed-json').describe('Sends what is no JSON.'), afterTokens }),
  z.strictObject({
    kind: z.literal('content-type').describe('Answers under another content type.'),
    contentType: z.string().min(1).describe('Which.'),
  }),
  z.strictObject({ kind: z.literal('refuse-prefill').describe('Refuses to continue what the caller began.') }),
]);
export type FaultAction = z.infer<typeof faultAction>;

/** One line of a fault script: which requests, when, and what goes wrong. */
export const faultRule = z.strictObject({
  models: z.array(z.string().min(1)).optional().describe('Names, `*` standing for anything. All models where absent.'),
  vendors: z
    .array(z.enum(['openai', 'anthropic', 'gemini', 'bedrock', 'cohere']))
    .optional()
    .describe('Whose wires. All where absent.'),
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

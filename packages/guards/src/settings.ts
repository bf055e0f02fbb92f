import { z } from 'zod';
import { ENTITIES } from './kinds/personal-data.js';
import { createKeywordGuard, createPatternGuard } from './kinds/text-guards.js';
import { compileJsonSchema } from './schema/json-schema.js';

const side = z.enum(['input', 'output']);
const names = z.array(z.string().min(1).max(200)).min(1).max(1_000);

const appliesTo = z
  .strictObject({
    models: names.exactOptional().describe('Models as callers name them; `*` at the end stands for any rest.'),
    keys: names.exactOptional().describe('Names or ids of keys.'),
    tenants: names.exactOptional().describe('Ids of organisations; `default` for keys of none.'),
  })
  .describe('Which calls it is for: all that are given must hold, of each list one entry. Absent: all calls.');

const common = {
  on: z.array(side).min(1).default(['input']).describe('What it reads: `input`, `output` or both.'),
  mode: z
    .enum(['enforce', 'observe'])
    .default('enforce')
    .describe('`observe`: what it finds is counted and logged, and nothing is kept from anybody.'),
  appliesTo: appliesTo.exactOptional(),
};
const action = z.enum(['deny', 'mask']);
const replacement = z
  .string()
  .min(1)
  .max(200)
  .default('[REDACTED]')
  .describe('What stands in place of what is found, where `action` is `mask`.');
const maxMatchChars = z
  .int()
  .min(32)
  .max(4_096)
  .default(512)
  .describe('So many characters of a stream are kept back at most; what is longer may be found in part only.');
const onFailure = z.enum(['allow', 'reject']).default('reject').describe('What counts where there is no verdict.');
const timeoutMs = z.int().min(1).max(60_000).default(2_000).describe('How long a verdict is waited for.');
const fileRef = z.strictObject({ file: z.string().min(1).describe('Its path.') });
const secretRef = z.union([z.strictObject({ env: z.string().min(1).describe('Its variable.') }), fileRef], {
  error: 'expected a reference, { env: NAME } or { file: PATH }',
});

const regex = z.strictObject({
  kind: z.literal('regex').describe('Patterns.'),
  ...common,
  patterns: z
    .array(z.string().min(1).max(4_096))
    .min(1)
    .max(100)
    .describe("Regular expressions in ECMAScript's syntax, without looking around and referring back."),
  ignoreCase: z.boolean().default(false).describe('Whether case makes no difference.'),
  action: action.default('deny').describe('`deny` refuses, `mask` replaces.'),
  replacement,
  maxMatchChars,
});
const keywords = z.strictObject({
  kind: z.literal('keywords').describe('Words and phrases.'),
  ...common,
  words: z
    .array(z.string().trim().min(1).max(200))
    .min(1)
    .max(500)
    .describe('Words and phrases, found as whole words.'),
  ignoreCase: z.boolean().default(true).describe('Whether case makes no difference.'),
  action: action.default('deny').describe('`deny` refuses, `mask` replaces.'),
  replacement,
  maxMatchChars,
});
const pii = z.strictObject({
  kind: z.literal('pii').describe('Personal data.'),
  ...common,
  entities: z
    .array(z.enum(ENTITIES))
    .min(1)
    .default(['email', 'phone', 'iban', 'credit-card', 'us-ssn'])
    .describe(`What is looked for: ${ENTITIES.map((name) => `\`${name}\``).join(', ')}.`),
  action: action.default('mask').describe('`mask` replaces, `deny` refuses.'),
  reversible: z
    .boolean()
    .default(false)
    .describe('Whether what was masked in the prompt is put back where the answer speaks of it.'),
  maxMatchChars,
});
const jsonSchema = z.strictObject({
  kind: z.literal('json-schema').describe('The form of answers.'),
  mode: common.mode,
  appliesTo: common.appliesTo,
  on: z.array(z.literal('output')).min(1).default(['output']).describe('Answers only.'),
  schema: z
    .union([
      z.literal('request').describe('The one of the call.'),
      z.record(z.string(), z.unknown()).describe('A JSON Schema.'),
    ])
    .describe('A JSON Schema, or `request` for the one that the call asks its answer to have.'),
  onFailure,
});
const webhook = z.strictObject({
  kind: z.literal('webhook').describe("A service of one's own that judges."),
  ...common,
  url: z.url({ protocol: /^https?$/ }).describe('Who is asked; may be private or loopback.'),
  secret: secretRef.describe('Signs the requests; at least 24 bytes.'),
  timeoutMs,
  onFailure,
});
const moderation = z.strictObject({
  kind: z.literal('moderation').describe('A provider that judges.'),
  ...common,
  provider: z.string().min(1).describe('The provider that judges: a name under `providers`.'),
  model: z.string().min(1).max(200).describe('Its model for it.'),
  categories: names.exactOptional().describe("Those that count, in the vendor's words. Absent: all."),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .exactOptional()
    .describe('From which score on a category counts. Absent: the vendor decides.'),
  timeoutMs,
  onFailure,
});

const guardSettings = z
  .discriminatedUnion('kind', [regex, keywords, pii, jsonSchema, webhook, moderation])
  .superRefine((guard, context) => {
    const [field, reason] = faultOf(guard) ?? [];
    if (field !== undefined) context.addIssue({ code: 'custom', path: [field], message: reason ?? '' });
  });

const guardName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected letters, digits, dots, dashes and underscores, at most 64');

/** The `guards:` block of the operator's file: in their order. */
export const guardsSettings = z
  .record(guardName, guardSettings)
  .default({})
  .describe('Checks of prompts and answers, in their order. The key is the name that refusals, logs and metrics give.');

export type GuardSettings = z.output<typeof guardSettings>;
export type GuardsSettings = z.output<typeof guardsSettings>;

/** What is wrong with a pattern or a schema: found when the file is read, never by a request. */
function faultOf(guard: GuardSettings): readonly [field: string, reason: string] | undefined {
  try {
    if (guard.kind === 'regex') createPatternGuard(guard);
    if (guard.kind === 'keywords') createKeywordGuard(guard);
    if (guard.kind === 'json-schema' && guard.schema !== 'request') compileJsonSchema(guard.schema);
    return undefined;
  } catch (cause) {
    const field = { regex: 'patterns', keywords: 'words', 'json-schema': 'schema' }[guard.kind as 'regex'];
    return [field, (cause as Error).message];
  }
}

import { z } from 'zod';
import { PRESETS, PRESET_NAMES } from './presets/presets.js';

/** Headers that the adapter or the connection decides. */
const RESERVED =
  /^(accept|accept-encoding|connection|content-encoding|content-length|content-type|host|transfer-encoding)$/i;

/** Where the key stands. A key itself is refused, so that a configuration is always safe to print. */
export const secretRef = z.union(
  [
    z.strictObject({ env: z.string().min(1).describe('The variable that holds the key.') }),
    z.strictObject({ file: z.string().min(1).describe('The file that holds the key, from the working directory.') }),
  ],
  {
    error: 'expected a reference, { env: NAME } or { file: PATH }',
  },
);

/** The URL that `/chat/completions` goes below. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine((text) => !/^https?:\/\/[^/]*@/.test(text), 'must hold no credentials: use apiKey')
  .refine((text) => !/[?#]/.test(text), 'must hold no query and no fragment');

/** Headers that go with every call, such as a proxy's own. */
export const extraHeaders = z.record(
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'is no header name')
    .refine((name) => !RESERVED.test(name), 'is a header that the adapter sets'),
  z.string().regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII'),
);

/** Nothing reads it yet: no address is refused. It is accepted so that files which set it load. */
export const allowPrivateNetwork = z
  .boolean()
  .describe('Whether `baseUrl` may lead into a private network. Without effect in this version: it always may.');

/** Settings of `kind: openai-compatible`. */
export const openAiCompatibleSettings = z
  .strictObject({
    kind: z.literal('openai-compatible').describe('Any server that speaks the chat API of OpenAI.'),
    preset: z
      .enum(PRESET_NAMES)
      .optional()
      .describe('A server whose ways are known: its address, the names of its fields, what it refuses.'),
    baseUrl: baseUrl
      .optional()
      .describe('What `/chat/completions` is below; http or https. May be left out where the preset has one.'),
    apiKey: secretRef.optional().describe('Where the key stands. Without one, no credentials are sent.'),
    headers: extraHeaders.optional().describe('Headers that go with every call.'),
    allowPrivateNetwork: allowPrivateNetwork.optional(),
  })
  .superRefine(({ preset, baseUrl: address }, context) => {
    if (address !== undefined || (preset !== undefined && PRESETS[preset].baseUrl !== undefined)) return;
    context.addIssue({ code: 'custom', path: ['baseUrl'], message: 'is required' });
  });
export type OpenAiCompatibleSettings = z.infer<typeof openAiCompatibleSettings>;

import { allowPrivateNetwork, baseUrl, extraHeaders } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';

/** What an operator may say of a project at Vertex AI. */
export const vertexSettings = z.strictObject({
  kind: z.literal('vertex').describe('A project at Vertex AI of Google Cloud.'),
  project: z
    .string()
    .regex(/^[a-z0-9.:-]+$/, 'expected the id or the number of a Google Cloud project')
    .describe('The id of the Google Cloud project.'),
  location: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'expected a location such as us-central1 or global')
    .describe('Where the models run: a region, `us`, `eu` or `global`.'),
  credentials: z
    .strictObject({ file: z.string().min(1).describe('The file with the credentials, from the working directory.') })
    .optional()
    .describe(
      'The key file of a service account, or what `gcloud auth application-default login` writes. Without one, the metadata server of Google Cloud is asked.',
    ),
  baseUrl: baseUrl
    .optional()
    .describe("In place of the location's own address. A `/v1` or `/v1beta1` at its end is the version of every call."),
  headers: extraHeaders.optional().describe('Headers that go with every call.'),
  allowPrivateNetwork: allowPrivateNetwork.optional(),
});
export type VertexSettings = z.infer<typeof vertexSettings>;

import { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';
import { toRegion } from './region.js';

/** What an operator may say of an account at Amazon Bedrock. */
export const bedrockSettings = z
  .strictObject({
    kind: z.literal('bedrock').describe('An account at Amazon Bedrock.'),
    region: z
      .string()
      .regex(/^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/, 'expected an AWS region such as us-east-1')
      .optional()
      .describe('The AWS region. `AWS_REGION` or `AWS_DEFAULT_REGION` where absent.'),
    apiKey: secretRef.optional().describe('Where a Bedrock API key stands, which is sent as a bearer token.'),
    accessKeyId: secretRef.optional().describe('Where the id of an AWS access key stands, which signs every call.'),
    secretAccessKey: secretRef.optional().describe('Where the secret of that access key stands.'),
    sessionToken: secretRef.optional().describe('Where the session token of temporary credentials stands.'),
    baseUrl: baseUrl
      .optional()
      .describe("As the AWS SDK's `endpoint` takes it. The region's own address where absent."),
    headers: extraHeaders.optional().describe('Headers that go with every call. They are not signed.'),
    allowPrivateNetwork: allowPrivateNetwork.optional(),
  })
  .superRefine((settings, context) => {
    for (const [path, message] of faults(settings)) context.addIssue({ code: 'custom', path: [path], message });
  });
export type BedrockSettings = z.infer<typeof bedrockSettings>;

type Fault = readonly [path: string, message: string];

/** What no single setting is at fault for. */
function faults(settings: Readonly<Record<string, unknown>>): readonly Fault[] {
  // Several keys are the app's business, which makes one provider of each.
  const { apiKeys, accessKeyId, secretAccessKey, sessionToken, baseUrl: address } = settings;
  const apiKey = settings['apiKey'] ?? apiKeys;
  const found: Fault[] = [];
  if (apiKey && (accessKeyId ?? secretAccessKey))
    found.push(['apiKey', 'stands beside an access key: use one of them']);
  if (!apiKey && !accessKeyId && !secretAccessKey) found.push(['apiKey', MISSING]);
  if (!accessKeyId && secretAccessKey) found.push(['accessKeyId', 'is required beside secretAccessKey']);
  if (accessKeyId && !secretAccessKey) found.push(['secretAccessKey', 'is required beside accessKeyId']);
  if (sessionToken && !accessKeyId) found.push(['sessionToken', 'belongs to an accessKeyId, which is missing']);
  const needed = address === undefined || !apiKey;
  if (needed && toRegion(settings) === undefined) found.push(['region', 'is required']);
  return found;
}

const MISSING = 'is required, or accessKeyId and secretAccessKey';

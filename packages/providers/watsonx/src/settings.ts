import { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';

/** The region that the examples of npm @ibm-cloud/watsonx-ai 1.7.16 use. */
const DALLAS = 'https://us-south.ml.cloud.ibm.com';
/** npm ibm-cloud-sdk-core 5.9.1, auth/token-managers/iam-request-based-token-manager.js. */
const IAM = 'https://iam.cloud.ibm.com';
/** github.com/IBM/watsonx-ai-java-sdk at e07dd51, WatsonxService.java, by whose recordings this adapter is made. */
const API_VERSION = '2026-08-11';

/** What an operator may say of an account at watsonx.ai. */
export const watsonxSettings = z
  .strictObject({
    kind: z.literal('watsonx').describe('IBM watsonx.ai on IBM Cloud.'),
    apiKey: secretRef
      .optional()
      .describe(
        'Where the API key of IBM Cloud stands, for which IAM gives tokens. Without one, no credentials are sent.',
      ),
    projectId: z.string().min(1).optional().describe('The project that calls count for; this or `spaceId`.'),
    spaceId: z.string().min(1).optional().describe('The deployment space that calls count for; this or `projectId`.'),
    baseUrl: baseUrl.default(DALLAS).describe("The address of the region, as the vendor's own SDK takes it."),
    iamUrl: baseUrl.default(IAM).describe('Where tokens are asked for; `/identity/token` goes below.'),
    apiVersion: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date such as 2026-08-11')
      .default(API_VERSION)
      .describe('The version of the API, a date.'),
    headers: extraHeaders.optional().describe('Headers that go with every call to the API.'),
    allowPrivateNetwork: allowPrivateNetwork.optional(),
  })
  .superRefine(({ projectId, spaceId }, context) => {
    if ((projectId === undefined) !== (spaceId === undefined)) return;
    context.addIssue({ code: 'custom', path: ['projectId'], message: 'either this or spaceId is required, not both' });
  });
export type WatsonxSettings = z.infer<typeof watsonxSettings>;

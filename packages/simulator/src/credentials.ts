/**
 * What the stand-in knows its callers by. They open nothing anywhere else: the AWS pair is the one of Amazon's own
 * documentation (https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html).
 */
export const TEST_CREDENTIALS = {
  openai: { apiKey: 'sk-sim-openai-test' },
  anthropic: { apiKey: 'sk-ant-sim-test' },
  gemini: { apiKey: 'AIza-sim-test' },
  cohere: { apiKey: 'sim-cohere-test' },
  bedrock: {
    region: 'us-east-1',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    apiKey: 'sim-bedrock-test',
  },
} as const;

/** The token of `Authorization: Bearer`, nothing where there is none. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer (.+)$/i.exec(header ?? '')?.[1];
}

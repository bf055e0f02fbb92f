import type { z } from 'zod';
import type { ZodOpenApiContentObject } from 'zod-openapi';

/** What operators read is theirs alone, and changes from call to call. */
export const noStore = { 'cache-control': 'no-store' } as const;

/** The body of an answer in the API's description. */
export function jsonContent(schema: z.ZodType): ZodOpenApiContentObject {
  return { 'application/json': { schema } };
}

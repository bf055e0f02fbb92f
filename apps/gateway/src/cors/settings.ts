import { z } from 'zod';

/** The one pattern: any port of this machine, over plain HTTP. It is for development only. */
export const LOCAL_ORIGINS = 'http://localhost:*';
const MOST_ORIGINS = 1_000;

/** Which blocks there are under `cors:`; `NODE_ENV` says which one counts. */
export type CorsEnvironment = 'production' | 'development';

/** Whose pages may call from a browser. */
export interface CorsPolicySettings {
  /** As browsers send them: exact, in lower case, with no slash at the end. */
  readonly origins: readonly string[];
  /** Whether pages may send cookies and HTTP authentication along. */
  readonly credentials: boolean;
}
export type CorsSettings = Readonly<Record<CorsEnvironment, CorsPolicySettings>>;

interface CorsPolicyInput {
  readonly origins: readonly string[];
  readonly credentials?: boolean | undefined;
}

/** What may stand in a policy, in the operator's file and over the admin API alike. */
export function corsPolicy(environment: CorsEnvironment): z.ZodType<CorsPolicySettings, CorsPolicyInput> {
  return z
    .strictObject({
      origins: z
        .array(originOf(environment))
        .max(MOST_ORIGINS)
        .describe(
          'Origins whose pages may call, exact: https://app.example.com. In development also http://localhost:* for any port.',
        ),
      credentials: z.boolean().default(false).describe('Whether their pages may send cookies along.'),
    })
    .superRefine(({ origins, credentials }, context) => {
      if (!credentials) return;
      for (const [index, origin] of origins.entries()) {
        if (origin !== LOCAL_ORIGINS) continue;
        context.addIssue({
          code: 'custom',
          path: ['origins', index],
          message: 'no wildcard together with credentials',
        });
      }
    });
}

/** `cors:` of the operator's file. A block that is left out allows nobody. */
export const corsSettings = z
  .strictObject({
    production: corsPolicy('production')
      .prefault({ origins: [] })
      .describe('What counts where NODE_ENV is production.'),
    development: corsPolicy('development').prefault({ origins: [] }).describe('What counts everywhere else.'),
  })
  .describe(
    'Whose pages may call from a browser. Without it browsers get no permission, and nobody is refused for an Origin.',
  );

function originOf(environment: CorsEnvironment) {
  return z.string().superRefine((origin, context) => {
    const fault = originFault(origin, environment);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });
}

function originFault(origin: string, environment: CorsEnvironment): string | undefined {
  if (origin === LOCAL_ORIGINS) {
    return environment === 'development' ? undefined : `${LOCAL_ORIGINS} is for development only`;
  }
  if (origin.includes('*')) return `origins are exact; the one pattern is ${LOCAL_ORIGINS}, in development`;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return 'expected an origin such as https://app.example.com';
  return url.origin === origin ? undefined : `browsers never send it like this; expected ${url.origin}`;
}

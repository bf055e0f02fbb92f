import { z } from 'zod';

/**
 * Checks a value without making a new one, as the check runs for every call: a string passes, anything else must be as
 * `other` says. A union would say only that nothing matched, not where.
 */
export function textOr(other: z.ZodType): z.ZodType {
  return z.unknown().check((context) => {
    if (typeof context.value !== 'string') report(context, other);
  });
}

/** An object checked by its `type`; a type that is not named here passes, for the vendor adds some every month. */
export function byType(schemas: Readonly<Record<string, () => z.ZodType>>): z.ZodType {
  const known = new Map(Object.entries(schemas));
  const typed = z.object({ type: z.string() });
  return z.unknown().check((context) => {
    const type = typeOf(context.value);
    const schema = typeof type === 'string' ? known.get(type)?.() : typed;
    if (schema) report(context, schema);
  });
}

/** `own` for an object with no type or with `custom`, `other` for one of any other type. */
export function customOr({ own, other }: { readonly own: z.ZodType; readonly other: z.ZodType }): z.ZodType {
  return z.unknown().check((context) => {
    const type = typeOf(context.value);
    report(context, typeof type !== 'string' || type === 'custom' ? own : other);
  });
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
}

function report(context: z.core.ParsePayload, schema: z.ZodType): void {
  const { error } = schema.safeParse(context.value);
  for (const issue of error?.issues ?? [])
    context.issues.push({ ...issue, input: context.value } as z.core.$ZodRawIssue);
}

/** An object whose fields are not looked at. */
export const record = z.record(z.string(), z.unknown());
/** Types and life times that are not known yet pass, as they do for blocks. */
export const cacheControl = z.object({ type: z.string(), ttl: z.string().nullish() }).nullish();

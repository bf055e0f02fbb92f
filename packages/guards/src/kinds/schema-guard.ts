import type { JsonObject } from '@sluice/contract';
import { compileJsonSchema } from '../schema/json-schema.js';
import type { Check } from '../schema/json-schema.js';
import type { Judgement, WholeGuard, WholeQuestion } from './guard.js';

const ALLOW: Judgement = { verdict: 'allow' };
const REJECT: Judgement = { verdict: 'reject' };

/**
 * Wants an answer to be one JSON document that a schema allows: the operator's, or the one that the caller asked for. A
 * caller's schema that cannot be checked counts as a failure, and so does a check of too many steps. Throws for one of the
 * operator's that cannot be checked.
 */
export function createSchemaGuard(schema: JsonObject | 'request', onFailure: 'allow' | 'reject'): WholeGuard {
  const own = schema === 'request' ? undefined : compileJsonSchema(schema);
  return {
    reads: 'whole',
    onFailure,
    judge: (question) => {
      const asked = own ? undefined : question.askedSchema;
      const check = own ?? (asked === undefined ? undefined : compileJsonSchema(asked));
      return Promise.resolve(check ? judge(question, check) : ALLOW);
    },
  };
}

/** An answer of tool calls alone has no document. */
function judge({ texts }: WholeQuestion, check: Check): Judgement {
  const document = texts.map(({ kind, text }) => (kind === 'text' ? text : '')).join('');
  if (document === '') return ALLOW;
  const parsed = parse(document);
  return parsed && check(parsed.value) ? ALLOW : REJECT;
}

function parse(document: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(document) as unknown };
  } catch {
    return undefined;
  }
}

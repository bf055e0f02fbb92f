import { ADMIN } from '@sluice/auth';
import type { Principal } from '@sluice/contract';
import type { Answer, PlainAnswer } from '@sluice/core';
import type { Route, RouteCall } from '../http/route.js';

export interface RouteQuestion {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  /** Default: the operator. */
  readonly principal?: Principal;
}

/** Asks one route of a table, as the server would once access is granted. Rejects with the route's own error. */
export async function ask(routes: readonly Route[], operationId: string, question: RouteQuestion = {}): Promise<PlainAnswer> {
  const route = routes.find(({ openapi }) => openapi.operationId === operationId);
  if (!route) throw new Error(`There is no operation ${operationId}.`);
  const call: RouteCall = {
    params: question.params ?? {},
    query: new URLSearchParams(question.query),
    headers: {},
    principal: question.principal ?? ADMIN,
    requestId: 'req-test',
    signal: new AbortController().signal,
    json: () => Promise.resolve(question.body),
    note: () => Promise.resolve(),
    change: async ({ work }) => work(),
  };
  return asPlain(await route.handle(call));
}

/** The body of a JSON answer. */
export function bodyOf({ body }: PlainAnswer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

function asPlain(answer: Answer): PlainAnswer {
  if (answer.kind === 'plain') return answer;
  throw new Error('The answer is a stream.');
}

import type { CallGuards, ChatEvent, ChatRequest, Principal, UpstreamRequest, WholeResponse } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { createGuards } from '../guards.js';
import type { GuardsDeps } from '../guards.js';
import { guardsSettings } from '../settings.js';

const CALLER: Principal = {
  kind: 'key',
  role: 'caller',
  keyId: 'key_1',
  keyName: 'ci',
  tenant: 'acme',
  limits: {},
};

export interface RigOptions {
  readonly models?: readonly string[];
  readonly principal?: Partial<Principal>;
  readonly send?: (request: UpstreamRequest) => Promise<WholeResponse>;
  readonly moderate?: GuardsDeps['moderate'];
}

/** The guards of one call, and what they were seen to do. */
export function rigOf(settings: unknown, options: RigOptions = {}) {
  const clock = createManualClock();
  const reports: string[] = [];
  const failures: string[] = [];
  const guards = createGuards(guardsSettings.parse(settings), {
    clock,
    secret: () => Promise.resolve('a secret of more than 24 bytes'),
    send: options.send ?? (() => Promise.reject(new Error('nobody is to be asked'))),
    moderate: options.moderate ?? (() => Promise.reject(new Error('nobody is to be asked'))),
    report: ({ guard, on, verdict }) => reports.push(`${guard} ${on} ${verdict}`),
    onFailure: (guard, cause) => failures.push(`${guard}: ${(cause as Error).message}`),
  });
  const { signal } = new AbortController();
  const principal = { ...CALLER, ...options.principal };
  const of = (): CallGuards | undefined =>
    guards?.of({
      requestId: 'req_1',
      principal,
      models: options.models ?? ['gpt'],
      operation: 'chat',
      signal: () => signal,
    });
  return { clock, reports, failures, guards, principal, of, call: of() as CallGuards };
}

export function ask(...texts: readonly string[]): ChatRequest {
  return { stream: false, messages: texts.map((text) => ({ role: 'user', content: [{ type: 'text', text }] })) };
}

function wireOf(request: ChatRequest): { readonly messages: readonly unknown[] } {
  return { messages: request.messages.map(({ role, content }) => ({ role, content })) };
}

/** The whole way of a prompt. */
export function checkPrompt(call: CallGuards, request: ChatRequest) {
  return call.checkRequest({ request, wire: wireOf(request) });
}

/** An answer in one text part, cut as given. */
export function answerIn(pieces: readonly string[]): readonly ChatEvent[] {
  return [
    { type: 'start', id: 'a', model: 'm' },
    ...pieces.map((text): ChatEvent => ({ type: 'text-delta', index: 0, text })),
    { type: 'part-end', index: 0 },
    { type: 'finish', finish: { unified: 'stop' } },
  ];
}

/** Writes texts as they are and nothing else. */
export const plainWriter = {
  write: (event: ChatEvent): string => ('text' in event ? event.text : 'json' in event ? event.json : ''),
};

import { gatewayError } from '@sluice/contract';
import type { CheckedRequest, GuardedRequest, GuardSubject, JsonObject } from '@sluice/contract';
import type { NamedText } from '../kinds/guard.js';
import { mapTexts } from '../text/map-texts.js';
import type { MapText } from '../text/map-texts.js';
import { filterText } from '../text/text-filter.js';
import type { BoundGuard } from './bound-guard.js';
import type { CallParts } from './call-parts.js';
import { judgeAll } from './judging.js';
import { SideCheck } from './side-check.js';

/** A request, and the texts of the caller's body that it lacks. */
interface State<Request> {
  readonly request: Request | undefined;
  readonly asides: readonly string[];
}

/** Lets the guards of a call read its request, in their order. Rejects with `content_policy_violation`. */
export async function checkRequest<Request>(
  asked: GuardedRequest<Request>,
  parts: CallParts,
): Promise<CheckedRequest<Request>> {
  const guards = parts.guards.filter(({ on }) => on.has('input'));
  const first: State<Request> = {
    request: asked.request,
    asides: guards.length === 0 ? [] : asidesOf(asked, parts.subject),
  };
  if (guards.some(({ mode }) => mode === 'enforce')) assertReadable(asked, first.asides);
  let state = withoutProbabilities(first, parts);
  for (const guard of guards) {
    state = guard.check.reads === 'text' ? readTexts(state, guard, parts) : await judge(state, guard, parts);
  }
  return { request: state.request, isRewritten: state !== first };
}

/** They would spell out, token by token, an answer that is not to be seen as it was given. */
function withoutProbabilities<Request>(state: State<Request>, { guards, subject }: CallParts): State<Request> {
  const { logprobs, ...rest } = (state.request ?? {}) as { readonly logprobs?: unknown };
  const isRead = guards.some(({ on, mode }) => mode === 'enforce' && on.has('output'));
  return logprobs === undefined || !isRead || subject.operation !== 'chat'
    ? state
    : { ...state, request: rest as Request };
}

/** Of token ids nobody can say what they say, nor of a call in which nothing is found to be read. */
function assertReadable({ request, wire }: GuardedRequest<unknown>, asides: readonly string[]): void {
  for (const param of ['input', 'prompt']) {
    if (holdsTokens(wire[param]) || holdsTokens((request as JsonObject | undefined)?.[param])) {
      throw gatewayError('content_policy_violation', {
        message: 'Token ids cannot be read by the guards of this call: send text.',
        details: { param },
      });
    }
  }
  if (request !== undefined || asides.length > 0) return;
  throw gatewayError('content_policy_violation', {
    message: 'The guards of this call found no text in it that they could read.',
  });
}

/** The ids of one text, or of several. */
function holdsTokens(prompt: unknown): boolean {
  return Array.isArray(prompt) && prompt.some((one) => typeof one === 'number' || Array.isArray(one));
}

/** What the caller wrote and the canonical form does not have: it goes out where bytes are handed on. */
function asidesOf<Request>({ request, wire }: GuardedRequest<Request>, { models }: GuardSubject): readonly string[] {
  const seen = new Set<string>(models);
  mapTexts(request, { map: keep, kindOf: roleOf, see: (text) => seen.add(text) });
  const asides: string[] = [];
  const note: MapText = (text) => {
    if (!seen.has(text)) asides.push(text);
    return text;
  };
  mapTexts(wire, { map: note, kindOf: roleOf, isForeign: true });
  return asides;
}

function readTexts<Request>(state: State<Request>, guard: BoundGuard, parts: CallParts): State<Request> {
  const check = new SideCheck({ ...parts, side: 'input', guards: [guard], names: parts.placeholders });
  const map: MapText = (text) => filterText(check.open(), text);
  const request = mapTexts(state.request, { map, kindOf: roleOf });
  const asides = mapTexts(state.asides, { map, kindOf: roleOf });
  check.settle();
  return changed(state, { request, asides });
}

async function judge<Request>(state: State<Request>, guard: BoundGuard, parts: CallParts): Promise<State<Request>> {
  const texts: NamedText[] = [];
  const list: MapText = (text, kind) => {
    texts.push({ kind, text });
    return text;
  };
  mapTexts(state, { map: list, kindOf: roleOf, wholeJson: true });
  const judged = await judgeAll([guard], texts, { ...parts, side: 'input' });
  let at = 0;
  const next: MapText = (text) => judged[at++]?.text ?? text;
  return judged === texts ? state : changed(state, mapTexts(state, { map: next, kindOf: roleOf, wholeJson: true }));
}

function changed<Request>(before: State<Request>, after: State<Request>): State<Request> {
  return before.request === after.request && before.asides === after.asides ? before : after;
}

function roleOf(object: JsonObject, kind: string): string {
  return typeof object['role'] === 'string' ? object['role'] : kind;
}

function keep(text: string): string {
  return text;
}

import type { JsonObject, Principal, RecalledCall } from '@sluice/contract';
import type { Call } from '../call.js';
import { assertBodyType, parseCall, parseForm, wholeBody } from '../parse-body.js';
import type { CallBody } from '../parse-body.js';
import { assertTools } from '../routing/assert-tools.js';
import { assertRoute } from '../routing/resolve.js';
import { takeWishes } from '../routing/wishes.js';
import type { Wishes } from '../routing/wishes.js';
import { endUserOf } from './end-user.js';
import { parseCallOf } from './parse-call.js';
import { readTags } from './read-tags.js';
import type { Asked, RunContext } from './run-context.js';

/** Who is calling, and what for. The body of a caller that is not known is never read. */
export async function readCall<Request, Result, Event>(
  run: RunContext<Request, Result, Event>,
): Promise<Asked<Request>> {
  const { call, endpoint, ports } = run;
  const { principal: known, signal } = call.received;
  const principal = (call.principal = known ?? (await ports.authenticator.authenticate(call.received, signal)));
  assertRoute(principal, call.route);
  const given = await readBody(call, endpoint.dialect.body === 'multipart');
  assertTools(principal, given.wire);
  const body = endpoint.memory ? wholeBody(given) : given;
  const recalled = endpoint.memory?.recall(body.wire, {
    tenant: principal.tenant,
    keyId: principal.keyId,
    answerId: call.received.requestId,
    bytes: body.body,
  });
  const { body: asked, wishes } = takeWishes(recalled ? recalledBody(body, recalled) : body);
  return parse(run, { principal, recalled, wishes, given, body: asked });
}

/** In other bytes, the model stands elsewhere. */
function recalledBody(body: CallBody, { body: wire, bytes }: RecalledCall): CallBody {
  return bytes ? { body: bytes, wire } : { ...body, wire };
}

async function readBody(call: Call, form: boolean): Promise<CallBody> {
  assertBodyType(call.received.headers, form ? 'multipart' : 'json');
  call.beginWait();
  const body = await call.received.readBody();
  call.endWait();
  return form ? parseForm(body, call.received.headers) : parseCall(body);
}

interface Read {
  readonly principal: Principal;
  readonly recalled: RecalledCall | undefined;
  readonly wishes: Wishes | undefined;
  readonly given: CallBody;
  readonly body: CallBody;
}

function parse<Request, Result, Event>(
  { call, endpoint }: RunContext<Request, Result, Event>,
  { principal, recalled, wishes, given, body: read }: Read,
): Asked<Request> {
  const { body, modelAt, wire } = read;
  const parsed = parseCallOf(endpoint.dialect, read, call.received);
  call.bodyBytes = body.length;
  call.given = given.body;
  call.requestedModel = parsed.model;
  call.stream = parsed.stream;
  call.characters = parsed.characters;
  call.endUser = endUserOf(wire as JsonObject);
  call.tags = readTags({ headers: call.received.headers, wishes });
  const { stream, wantsUsage } = parsed;
  call.question = { operation: endpoint.operation, dialect: endpoint.dialect.id, wire: wire as JsonObject, parsed };
  const place = modelAt ? { modelAt } : {};
  const raw = { body, ...place, wire: wire as JsonObject, stream, wantsUsage, headers: call.received.headers };
  return { principal, parsed, raw, given, recalled, wishes };
}

import { buffer as readBuffer } from 'node:stream/consumers';
import { CREATED_SECONDS } from './created.js';
import { RequestFault, faultOfStatus, refuse, type Fault } from './steps.js';
import { bend } from './faults/bend.js';
import { createExchange, type Exchange } from './exchange.js';
import { createRandom, hashText } from './random.js';
import { faultAction, type FaultAction } from './faults/fault-rules.js';
import { findEndpoint, type Found } from './routes.js';
import { isObject, type JsonObject } from './question.js';
import { limit } from './limit.js';
import { padded, type Asked, type Call, type Vendor } from './wires/wire.js';
import { play } from './play.js';
import { playScript } from './scripts.js';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestEntry, RequestLog } from './request-log.js';
import type { Steps } from './behaviours.js';
import type { World } from './world.js';

export interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers one request. Never rejects. */
export async function serve({ request, response }: Incoming, log: RequestLog, world: World): Promise<void> {
  const entry = log.open(request, response);
  const url = URL.parse(request.url ?? '/', 'http://simulator') ?? new URL('http://simulator/');
  const { pathname: path, searchParams: query } = url;
  const method = request.method ?? '';
  const found = findEndpoint(method, url, request.headers);
  const { vendor, params } = found;
  const exchange = createExchange(
    response,
    { requestId: `req_sim_${padded(entry.number)}`, clock: world.clock },
    vendor.requestIdHeader,
  );
  exchange.left.addEventListener('abort', () => entry.abort(), { once: true });
  try {
    const raw = await readBuffer(request);
    const asked = {
      method,
      path,
      url: request.url ?? '',
      headers: request.headers,
      query,
      params,
      raw,
      body: {},
      world,
    };
    await answer({ found, asked, entry }, exchange);
  } catch (error) {
    // A caller that has left is owed nothing.
    if (exchange.left.aborted) return;
    await (exchange.begun ? exchange.cut('reset') : exchange.fault(toFault(error), vendor));
  }
}

interface Scene {
  readonly found: Found;
  readonly asked: Asked;
  readonly entry: RequestEntry;
}

async function answer({ found, asked, entry }: Scene, exchange: Exchange): Promise<void> {
  const { endpoint, vendor } = found;
  const { method, path } = asked;
  if (found.wrongMethod) throw new RequestFault({ ...faultOfStatus(405), message: `Not allowed: ${method} ${path}.` });
  if (!endpoint) throw new RequestFault({ ...faultOfStatus(404), message: `Unknown URL (${method} ${path}).` });
  vendor.admit(asked);
  const form = await formOf(asked);
  const read = { ...asked, ...(form ? { form } : { body: bodyOf(asked) }) };
  if ('answer' in endpoint) {
    const body = JSON.stringify(endpoint.answer(read));
    return exchange.answer({ status: 200, contentType: 'application/json', body });
  }
  const call = endpoint.read(read);
  entry.name(call.question.model);
  await perform({ call, vendor, asked, entry }, exchange);
}

interface Due {
  readonly call: Call;
  readonly vendor: Vendor;
  readonly asked: Asked;
  readonly entry: RequestEntry;
}

async function perform({ call, vendor, asked, entry }: Due, exchange: Exchange): Promise<void> {
  const { question } = call;
  const { world } = asked;
  const { model } = question;
  const prompt = world.cache.count(question.prompt, vendor.cacheRule, `${vendor.name} ${model}`);
  const identity = { number: entry.number, model, createdSeconds: CREATED_SECONDS };
  const subject = { vendor: vendor.name, model, stream: call.stream !== undefined };
  const faults = [...faultOf(asked), ...world.faults.draw(subject)];
  const steps = bend(limit(think({ call, asked, number: entry.number }), question), faults, question);
  await play({ steps, vendor, call, identity, prompt, clock: world.clock }, exchange);
}

/** What the script says, else what the model does. */
function think({
  call,
  asked,
  number,
}: {
  readonly call: Call;
  readonly asked: Asked;
  readonly number: number;
}): Steps {
  const { question, model } = call;
  const { seed, scripts } = asked.world;
  const named = asked.headers['x-sim-script'];
  const script = scripts.find(question.model, typeof named === 'string' ? named : undefined);
  if (script) return playScript(script, question);
  const chances = {
    content: createRandom(seed ^ hashText(`${question.model}\n${question.text}`)),
    luck: createRandom(Math.imul(seed, 0x9e3779b1) ^ number),
  };
  return model.behaviour(question, chances, model.parameter);
}

/** The fault that a request brings along. */
function faultOf({ headers }: Asked): readonly FaultAction[] {
  const told = headers['x-sim-fault'];
  if (typeof told !== 'string') return [];
  const parsed = faultAction.safeParse(tryParse(told));
  return parsed.success ? [parsed.data] : refuse('x-sim-fault: not a fault as the documentation has it, in JSON.');
}

/** The fields of a form, where the request is one. */
async function formOf({ raw, headers }: Asked): Promise<JsonObject | undefined> {
  const type = headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) return undefined;
  const parsed = await new Response(raw, { headers: { 'content-type': type } }).formData().catch(() => undefined);
  if (!parsed) refuse('Could not parse multipart form');
  const fields = [...parsed.entries()].map(async ([name, value]) => {
    return [name, typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer())] as const;
  });
  return Object.fromEntries(await Promise.all(fields));
}

function bodyOf({ raw }: Asked): JsonObject {
  if (raw.length === 0) return {};
  const body = tryParse(raw.toString());
  if (body === undefined) refuse('We could not parse the JSON body of your request.');
  return isObject(body) ? body : refuse('The body must be a JSON object.');
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toFault(error: unknown): Fault {
  if (error instanceof RequestFault) return error.fault;
  return { kind: 'server', status: 500, message: 'The simulator itself failed.' };
}

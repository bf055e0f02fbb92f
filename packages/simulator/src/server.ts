import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text as readText } from 'node:stream/consumers';
import { CREATED_SECONDS, MODELS_PATH, WIRES, listModels, wireFor } from './routes.js';
import { RequestFault, faultOfStatus, refuse, refuseModel, type Fault } from './steps.js';
import { createExchange, type Exchange } from './exchange.js';
import { createRandom, hashText } from './random.js';
import { createRequestLog, type RequestEntry, type RequestLog, type SimulatedRequest } from './request-log.js';
import { findModel } from './models.js';
import { isObject, type JsonObject } from './question.js';
import { limitTokens } from './behaviours.js';
import { padded, type Wire } from './wires/wire.js';
import { play } from './play.js';

export interface SimulatorOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Equal seeds and equal requests in equal order give equal bytes. */
  readonly seed?: number;
}

/** A running simulator. Its owner closes it. */
export interface Simulator {
  /** `http://127.0.0.1:4010`, without a path: OpenAI clients add `/v1`. */
  readonly url: string;
  readonly port: number;
  /** The last thousand requests, oldest first. */
  readonly requests: readonly SimulatedRequest[];
  /** Ends every exchange, whatever its state, and stops listening. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a provider that answers as its model names say. Rejects where the address cannot be listened on. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', seed = 1 } = options;
  const log = createRequestLog();
  const server = createServer((request, response) => void serve({ request, response }, log, seed));
  server.listen(port, host);
  await once(server, 'listening');
  const listening = portOf(server);
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    port: listening,
    requests: log.requests,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve({ request, response }: Incoming, log: RequestLog, seed: number): Promise<void> {
  const entry = log.open(request, response);
  const path = request.url?.split('?', 1)[0] ?? '';
  const wire = wireFor(path, request.headers);
  const exchange = createExchange(response, {
    requestId: `req_sim_${padded(entry.number)}`,
    requestIdHeader: wire.requestIdHeader,
  });
  exchange.left.addEventListener('abort', () => entry.abort(), { once: true });
  try {
    await answer({ request, path, wire, entry, seed }, exchange);
  } catch (error) {
    // A caller that has left is owed nothing.
    if (exchange.left.aborted) return;
    await (exchange.begun ? exchange.cut('reset') : exchange.fault(toFault(error), wire));
  }
}

interface Asked {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly wire: Wire;
  readonly entry: RequestEntry;
  readonly seed: number;
}

async function answer({ request, path, wire, entry, seed }: Asked, exchange: Exchange): Promise<void> {
  if (path === MODELS_PATH && request.method === 'GET') {
    const body = JSON.stringify(listModels(request.headers));
    return exchange.answer({ status: 200, contentType: 'application/json', body });
  }
  const endpoint = WIRES[path];
  if (!endpoint) throw new RequestFault({ ...faultOfStatus(404), message: `Unknown URL (${request.method} ${path}).` });
  if (request.method !== 'POST') throw new RequestFault({ ...faultOfStatus(405), message: 'Use POST.' });

  const call = endpoint.read(parseBody(await readText(request)));
  const { question } = call;
  entry.name(question.model);
  const model = findModel(question.model) ?? refuseModel(question.model);
  const chances = {
    content: createRandom(seed ^ hashText(`${question.model}\n${question.text}`)),
    luck: createRandom(Math.imul(seed, 0x9e3779b1) ^ entry.number),
  };
  const free = model.behaviour(question, chances, model.parameter);
  const steps = question.maxTokens === undefined ? free : limitTokens(free, question.maxTokens);
  const identity = { number: entry.number, model: question.model, createdSeconds: CREATED_SECONDS };
  await play({ steps, wire, call, identity }, exchange);
}

function parseBody(text: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refuse('We could not parse the JSON body of your request.');
  }
  return isObject(body) ? body : refuse('The body must be a JSON object.');
}

function toFault(error: unknown): Fault {
  if (error instanceof RequestFault) return error.fault;
  return { kind: 'server', status: 500, message: 'The simulator itself failed.' };
}

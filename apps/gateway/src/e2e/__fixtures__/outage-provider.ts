import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { OPENAI_STREAM } from './frames.js';

const WHOLE = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});
const FRAMES = [...OPENAI_STREAM.opening, ...OPENAI_STREAM.ending];
const GAP_MS = 2;

/** A provider with OpenAI's API that goes down and comes back at the same address, and keeps count of its calls. */
export class OutageProvider {
  #server: Server | undefined;
  #port: number;
  /** Questions for an answer, whether they got one or not. */
  calls = 0;
  /** Questions for its list of models. */
  lists = 0;
  inFlight = 0;
  mostInFlight = 0;
  /** While set, calls wait for it. */
  hold: Promise<void> | undefined;

  constructor(port = 0) {
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  /** Takes connections from now on. */
  async up(): Promise<void> {
    if (this.#server) return;
    const server = createServer((req, res) => void this.#serve(req, res).catch(() => res.destroy()));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections, and resets those that are open. */
  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method === 'GET') {
      this.lists += 1;
      return void res.end('{"data":[{"id":"m"}]}');
    }
    this.calls += 1;
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    res.once('close', () => (this.inFlight -= 1));
    const body = await text(req);
    await this.hold;
    if (!body.includes('"stream":true')) {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(WHOLE);
      return;
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const frame of FRAMES) {
      res.write(frame);
      await sleep(GAP_MS);
    }
    res.end();
  }
}

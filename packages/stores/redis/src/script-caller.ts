import type { Clock } from '@sluice/contract';
import type { RedisLink, Urgency } from './link.js';
import { runScript } from './run-script.js';
import type { Answer, Script } from './run-script.js';
import { ServerTime } from './server-time.js';

export interface ScriptCallerOptions {
  readonly clock: Clock;
  readonly timeoutMs: () => number;
  readonly prefix: string;
  readonly nowMs: () => number | undefined;
}

/** Calls scripts, and learns from each answer what the server's clock says. */
export class ScriptCaller {
  readonly #link: RedisLink;
  readonly #options: ScriptCallerOptions;
  readonly #keys: readonly string[];
  readonly #time = new ServerTime();

  constructor(link: RedisLink, options: ScriptCallerOptions) {
    this.#link = link;
    this.#options = options;
    // One slot of a cluster.
    this.#keys = ['counts', 'due', 'gateways'].map((name) => `${options.prefix}{counters}:${name}`);
  }

  /** The server's time, now. */
  get nowMs(): number {
    return this.#time.at(this.#options.clock.monotonic());
  }

  /** The server's time at a moment of the monotonic clock. */
  serverMsAt(monotonicMs: number): number {
    return this.#time.at(monotonicMs);
  }

  /** The server's time at which a call that is made now is given up. */
  get deadlineMs(): number {
    return this.#time.at(this.#options.clock.monotonic() + this.#options.timeoutMs());
  }

  /** Sees to it that the server has the scripts. */
  async load(scripts: readonly Script[]): Promise<void> {
    await Promise.all(
      scripts.map(({ body }) => this.#link.run((client) => client.sendCommand(['SCRIPT', 'LOAD', body]), 'recovering')),
    );
  }

  async call(script: Script, asked: object, urgency: Urgency): Promise<Answer> {
    const { clock, nowMs } = this.#options;
    const calledMs = clock.monotonic();
    const call = { keys: this.#keys, asked: { ...asked, nowMs: nowMs() } };
    const send = (client: Parameters<typeof runScript>[0]): Promise<Answer> => runScript(client, script, call);
    const answer = await this.#link.run(send, urgency);
    this.#time.note(answer[1], calledMs, clock.monotonic());
    return answer;
  }
}

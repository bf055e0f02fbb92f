import { startSimulator } from '@sluice/simulator';
import type { Simulator } from '@sluice/simulator';

/** The simulators of one gateway: each seed's server starts when it is first needed and ends with the gateway. */
export class Simulators {
  readonly #running = new Map<number, Promise<Simulator>>();

  /** Where the simulator with this seed listens. */
  async open(seed: number): Promise<URL> {
    let simulator = this.#running.get(seed);
    if (!simulator) this.#running.set(seed, (simulator = this.#start(seed)));
    return new URL((await simulator).url);
  }

  /** One that could not start is forgotten, so that the next call tries again. */
  async #start(seed: number): Promise<Simulator> {
    try {
      // Lenient, as servers are that any client may have been written for.
      return await startSimulator({ seed, strict: false });
    } catch (cause) {
      this.#running.delete(seed);
      throw cause;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(async (simulator) => (await simulator).close()));
    this.#running.clear();
  }
}

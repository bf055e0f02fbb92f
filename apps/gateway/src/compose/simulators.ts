import { startSimulator } from '@sluice/simulator';
import type { Simulator } from '@sluice/simulator';
import type { SimulatorSettings } from '../config/definitions.js';

/** The simulators of one gateway: one for each setting of it starts when it is first needed and ends with the gateway. */
export class Simulators {
  readonly #running = new Map<string, Promise<Simulator>>();

  /** Where the simulator with these settings listens. */
  async open(settings: SimulatorSettings): Promise<URL> {
    const key = JSON.stringify([settings.seed, settings.faults]);
    let simulator = this.#running.get(key);
    if (!simulator) this.#running.set(key, (simulator = this.#start(key, settings)));
    return new URL((await simulator).url);
  }

  /** One that could not start is forgotten, so that the next call tries again. */
  async #start(key: string, settings: SimulatorSettings): Promise<Simulator> {
    try {
      // Lenient, as servers are that any client may have been written for.
      return await startSimulator({ ...settings, strict: false });
    } catch (cause) {
      this.#running.delete(key);
      throw cause;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(async (simulator) => (await simulator).close()));
    this.#running.clear();
  }
}

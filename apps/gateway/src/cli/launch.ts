import type { GatewayState } from '../compose.js';
import type { Environment } from '../config/environment.js';
import type { Config } from '../config/schema.js';

/** What a gateway is started with. */
export interface LaunchRequest {
  readonly config: Config;
  readonly state: GatewayState;
  readonly env: Environment;
  readonly cwd: string;
}

/** A gateway that listens. */
export interface RunningGateway {
  /** `http://127.0.0.1:4000`, with the port that was really taken. */
  readonly url: string;
  /** Takes no new requests; resolves when those in flight have ended. */
  drain(): Promise<void>;
  /** Cuts what still runs, writes what is buffered and gives everything back. */
  close(): Promise<void>;
}

/** Starts a gateway. Rejects with the socket's error when the address cannot be had; nothing is then left running. */
export type Launch = (request: LaunchRequest) => Promise<RunningGateway>;

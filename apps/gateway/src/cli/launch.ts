import type { ConfigSource, GatewayState } from '../composed-gateway.js';
import type { Environment } from '../config/environment.js';
import type { Config } from '../config/schema.js';
import type { Served } from '../serve.js';

/** What a gateway is started with. */
export interface LaunchRequest {
  readonly config: Config;
  readonly state: GatewayState;
  readonly env: Environment;
  readonly cwd: string;
  readonly source: ConfigSource;
}

/** Starts a gateway. Rejects with the socket's error when the address cannot be had; nothing is then left running. */
export type Launch = (request: LaunchRequest) => Promise<Served>;

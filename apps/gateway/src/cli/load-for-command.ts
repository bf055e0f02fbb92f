import { createTransport } from '@sluice/transport';
import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
import type { ConfigFlags } from '../config/environment.js';
import { loadConfig } from '../config/load-config.js';
import type { LoadResult } from '../config/load-config.js';
import type { RawProviders } from '../config/zero-config.js';
import { discoverLocalServers } from '../config/discover-local-servers.js';
import type { CommandCall } from './command.js';
import { systemClock } from '../system-clock.js';

/** The whole configuration as a start would have it: local model servers looked for, secrets followed. */
export function loadForStart(call: CommandCall, flags: ConfigFlags = flagsOf(call)): Promise<LoadResult> {
  const { env, cwd } = call.context;
  return loadConfig({ env, cwd, flags, definitions: PROVIDER_DEFINITIONS, discover });
}

/** The settings alone, for commands that call no provider. */
export function loadSettings(call: CommandCall): Promise<LoadResult> {
  const { env, cwd } = call.context;
  return loadConfig({ env, cwd, flags: flagsOf(call), definitions: PROVIDER_DEFINITIONS, resolveSecrets: false });
}

/** The options of a call that say something of the configuration. */
export function flagsOf({ options }: CommandCall): ConfigFlags {
  const { host, port, config } = options;
  const dataDir = options['data-dir'];
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(config !== undefined && { config }),
    ...(dataDir !== undefined && { dataDir }),
  };
}

async function discover(): Promise<RawProviders> {
  const transport = createTransport({ clock: systemClock });
  try {
    return await discoverLocalServers(transport);
  } finally {
    await transport.close();
  }
}

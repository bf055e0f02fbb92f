import { resolve } from 'node:path';
import type { ConfigSource } from '../composed-gateway.js';
import { readEnvironment } from '../config/environment.js';
import { DEFAULT_FILE } from '../config/load-config.js';
import type { LoadedConfig } from '../config/load-config.js';
import { FileWatch } from '../config/watch-file.js';
import type { CommandCall } from './command.js';
import { flagsOf, loadForStart } from './load-for-command.js';

/** The file that a start reads, its content as it is now; also where there is none yet. */
export function watchedFile(call: CommandCall): FileWatch {
  const { env, cwd } = call.context;
  const { config = DEFAULT_FILE } = readEnvironment(env, flagsOf(call));
  return new FileWatch(resolve(cwd, config));
}

/** Reads again what the start has read. A file that was once read must be there from then on: its absence is a fault. */
export function createConfigSource(call: CommandCall, started: LoadedConfig, watched: FileWatch): ConfigSource {
  let { file } = started;
  return {
    async load() {
      const loaded = await loadForStart(call, { ...flagsOf(call), ...(file !== undefined && { config: file }) });
      if (loaded.ok) file = loaded.file ?? file;
      return loaded;
    },
    watch(deps) {
      watched.start(deps);
      return () => watched.stop();
    },
  };
}

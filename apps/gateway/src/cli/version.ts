import { VERSION } from '../version.js';
import type { Command } from './command.js';

/** `sluice version`. */
export const versionCommand: Command = {
  name: 'version',
  positionals: [],
  options: {},
  summary: 'Print the version',
  run({ context, json }) {
    context.stdout.write(`${json ? JSON.stringify({ version: VERSION }) : VERSION}\n`);
    return Promise.resolve(0);
  },
};

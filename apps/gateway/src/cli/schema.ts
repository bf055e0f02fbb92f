import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
import { configJsonSchema } from '../config/schema.js';
import type { Command } from './command.js';

/** `sluice schema`: the JSON Schema of the configuration, for editors. */
export const schemaCommand: Command = {
  name: 'schema',
  positionals: [],
  options: {},
  summary: 'Print the JSON Schema of sluice.yaml, for editors',
  run({ context, json }) {
    const schema = configJsonSchema(PROVIDER_DEFINITIONS);
    context.stdout.write(`${JSON.stringify(schema, undefined, json ? undefined : 2)}\n`);
    return Promise.resolve(0);
  },
};

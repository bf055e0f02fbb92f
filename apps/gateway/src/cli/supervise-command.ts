import type { Command, CommandCall } from './command.js';
import { createFork } from './fork-gateway.js';
import { START_OPTIONS } from './start.js';
import { supervise } from './supervise.js';

/** `sluice supervise`: the gateway in a process of its own, which another one can follow. */
export const superviseCommand: Command = {
  name: 'supervise',
  positionals: [],
  options: START_OPTIONS,
  summary: 'Start the gateway so that SIGUSR2 restarts it without a request lost',
  run: (call) => {
    const { signals, stderr } = call.context;
    return supervise({ fork: createFork(['start', ...argumentsOf(call)]), signals, stderr });
  },
};

function argumentsOf({ options, json }: CommandCall): readonly string[] {
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  return json ? [...given, '--json'] : given;
}

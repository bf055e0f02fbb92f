import { parseArgs } from 'node:util';
import type { CliContext, Command, CommandCall, ExitCode } from './command.js';
import { UsageError } from './command.js';
import { renderCommandUsage, renderUsage } from './usage.js';

/** Runs one command line (without the program's name). Never rejects: failures end as a message and an exit code. */
export async function runCli(
  argv: readonly string[],
  commands: readonly Command[],
  context: CliContext,
): Promise<ExitCode> {
  const [first] = argv;
  if (first === '--help' || first === '-h') return say(context, renderUsage(commands));
  const command = findCommand(argv, commands);
  if (!command) return refuse(context, unknownCommand(argv, commands), renderUsage(commands));
  try {
    const rest = argv.slice(command.name.split(' ').length);
    const call = parseCall(rest, command, context);
    return call ? await runReported(command, call) : say(context, renderCommandUsage(command));
  } catch (error) {
    return refuse(context, messageOf(error), renderCommandUsage(command));
  }
}

/** `keys create` before `keys`. */
function findCommand(argv: readonly string[], commands: readonly Command[]): Command | undefined {
  const named = (words: number) => commands.find(({ name }) => name === argv.slice(0, words).join(' '));
  return named(2) ?? named(1);
}

function unknownCommand([first]: readonly string[], commands: readonly Command[]): string {
  if (first === undefined) return 'a command is missing';
  const isGroup = commands.some(({ name }) => name.startsWith(`${first} `));
  return isGroup ? `${first}: which one?` : `there is no command ${JSON.stringify(first)}`;
}

type Values = { json: boolean; help: boolean } & Record<string, string | true | undefined>;

/** Nothing when help was asked for. Throws for arguments that the command does not take. */
function parseCall(args: readonly string[], command: Command, context: CliContext): CommandCall | undefined {
  const own = Object.entries(command.options).map(
    ([name, { value, short }]) =>
      [name, { type: value === '' ? 'boolean' : 'string', ...(short !== undefined && { short }) }] as const,
  );
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...Object.fromEntries(own),
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { json, help, ...given } = values as Values;
  const options = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === true ? name : value]),
  );
  if (help) return undefined;
  assertPositionals(positionals, command);
  return { context, positionals, options, json };
}

function assertPositionals(given: readonly string[], { positionals }: Command): void {
  const missing = positionals.filter((name) => !name.startsWith('[')).at(given.length);
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const surplus = given.at(positionals.length);
  if (surplus !== undefined) throw new UsageError(`${JSON.stringify(surplus)} is one argument too many`);
}

async function runReported(command: Command, call: CommandCall): Promise<ExitCode> {
  try {
    return await command.run(call);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = messageOf(error);
    call.context.stderr.write(call.json ? `${JSON.stringify({ error: { message } })}\n` : `sluice: ${message}\n`);
    return 1;
  }
}

function say({ stdout }: CliContext, text: string): ExitCode {
  stdout.write(text);
  return 0;
}

function refuse({ stderr }: CliContext, message: string, usage: string): ExitCode {
  stderr.write(`sluice: ${message}\n\n${usage}`);
  return 2;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

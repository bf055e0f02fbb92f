import { createHash } from 'node:crypto';
import type { RedisClient } from './link.js';

/** A script that the server may or may not have. */
export interface Script {
  readonly body: string;
  readonly sha: string;
}

export function createScript(body: string): Script {
  return { body, sha: createHash('sha1').update(body).digest('hex') };
}

/** Status, the server's time, and what the script tells besides. */
export type Answer = readonly [status: string, serverMs: number, ...rest: (number | string)[]];

type CommandOptions = Parameters<RedisClient['sendCommand']>[1];
interface Arguments {
  /** How many keys, the keys, and what else the script is told. */
  readonly rest: readonly (string | Buffer)[];
  readonly options?: CommandOptions;
}

/** Runs a script by its name; where the server has forgotten it, by its text, which it then knows again. */
export async function evaluate<T>(
  client: RedisClient,
  { body, sha }: Script,
  { rest, options }: Arguments,
): Promise<T> {
  try {
    return await client.sendCommand<T>(['EVALSHA', sha, ...rest], options);
  } catch (cause) {
    if (!(cause instanceof Error && cause.message.startsWith('NOSCRIPT'))) throw cause;
    return client.sendCommand<T>(['EVAL', body, ...rest], options);
  }
}

/** Runs one of the scripts of counters. */
export function runScript(
  client: RedisClient,
  script: Script,
  { keys, asked }: { readonly keys: readonly string[]; readonly asked: object },
): Promise<Answer> {
  return evaluate<Answer>(client, script, { rest: [String(keys.length), ...keys, JSON.stringify(asked)] });
}

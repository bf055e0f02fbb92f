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

/** Runs a script by its name; where the server has forgotten it, by its text, which it then knows again. */
export async function runScript(
  client: RedisClient,
  { body, sha }: Script,
  { keys, asked }: { readonly keys: readonly string[]; readonly asked: object },
): Promise<Answer> {
  const rest = [String(keys.length), ...keys, JSON.stringify(asked)];
  try {
    return await client.sendCommand<Answer>(['EVALSHA', sha, ...rest]);
  } catch (cause) {
    if (!(cause instanceof Error && cause.message.startsWith('NOSCRIPT'))) throw cause;
    return client.sendCommand<Answer>(['EVAL', body, ...rest]);
  }
}

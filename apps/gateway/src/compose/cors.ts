import type { SqliteStore } from '@sluice/store-sqlite';
import { isProduction } from '../config/environment.js';
import type { Environment } from '../config/environment.js';
import { createCors } from '../cors/cors.js';
import type { Cors } from '../cors/cors.js';
import { LiveCors } from '../cors/live-cors.js';
import { systemClock } from '../system-clock.js';
import type { Generations } from './generations.js';

/** Whose pages may call: what operators set in the database, else what the configuration of the moment says. */
export function composeCors(
  { settings }: Pick<SqliteStore, 'settings'>,
  env: Environment,
  generations: Generations,
): { readonly liveCors: LiveCors; readonly cors: Cors } {
  const liveCors = new LiveCors({
    settings,
    clock: systemClock,
    environment: isProduction(env) ? 'production' : 'development',
    file: () => generations.current.config.cors,
  });
  return { liveCors, cors: createCors(liveCors) };
}

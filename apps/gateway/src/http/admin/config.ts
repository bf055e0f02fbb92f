import { gatewayError } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import type { ReloadResult, ReloadStatus } from '../../compose/reloads.js';
import { problemLine } from '../../config/problem.js';
import { jsonContent, noStore } from '../answers.js';
import type { Route } from '../route.js';

const settings = z.array(z.string()).meta({ description: 'Settings whose new value only a restart brings about.' });
const problem = z
  .strictObject({ path: z.string(), reason: z.string() })
  .meta({ description: 'Where the fault is and what it is; never a value of the configuration.' });

const configView = z
  .strictObject({
    version: z.string().meta({ description: 'Short hash of the configuration, as in `x-sluice-config`.' }),
    loadedAt: z.iso.datetime().meta({ description: 'When this version began to serve.' }),
    restartNeeded: settings,
    generations: z.int().meta({ description: 'Versions that serve, or that requests in flight still read.' }),
    reloads: z.strictObject({ changed: z.int(), failed: z.int() }).meta({ description: 'Since the start.' }),
    lastFailure: z
      .strictObject({ at: z.iso.datetime(), problems: z.array(problem) })
      .optional()
      .meta({ description: 'The last attempt to change it, where that failed.' }),
  })
  .meta({ id: 'Config' });

const reloadView = z
  .strictObject({
    version: z.string(),
    changed: z.boolean().meta({ description: 'False where it says what the one before said.' }),
    restartNeeded: settings,
  })
  .meta({ id: 'ConfigReload' });

/** What the routes need of whoever changes the configuration. */
export interface ConfigControl {
  readonly status: ReloadStatus;
  reload(): Promise<ReloadResult>;
}

/** `/admin/v1/config`. */
export function createConfigRoutes(control: ConfigControl): readonly Route[] {
  return [showRoute(control), reloadRoute(control)];
}

function showRoute(control: ConfigControl): Route {
  return {
    method: 'GET',
    path: '/admin/v1/config',
    access: 'config:read',
    openapi: {
      operationId: 'showConfig',
      summary: 'Show which configuration serves, and why the last change failed',
      tags: ['config'],
      responses: { 200: { description: 'The state of the configuration.', content: jsonContent(configView) } },
    },
    handle: async () => jsonAnswer(200, toConfigView(control.status), noStore),
  };
}

function reloadRoute(control: ConfigControl): Route {
  return {
    method: 'POST',
    path: '/admin/v1/config/reload',
    access: 'config:write',
    openapi: {
      operationId: 'reloadConfig',
      summary: 'Load the configuration again',
      tags: ['config'],
      responses: {
        200: { description: 'It serves.', content: jsonContent(reloadView) },
        400: { description: 'It is faulty; the last good one goes on serving.' },
      },
    },
    handle: async () => toAnswer(await control.reload()),
  };
}

function toConfigView({ loadedAtMs, failure, ...status }: ReloadStatus): z.input<typeof configView> {
  return {
    ...status,
    restartNeeded: [...status.restartNeeded],
    loadedAt: new Date(loadedAtMs).toISOString(),
    ...(failure && { lastFailure: { at: new Date(failure.atMs).toISOString(), problems: [...failure.problems] } }),
  };
}

function toAnswer(result: ReloadResult): Answer {
  if (result.ok) {
    const { version, changed, restartNeeded } = result;
    return jsonAnswer(200, { version, changed, restartNeeded }, noStore);
  }
  const lines = result.problems.map(problemLine).join('\n');
  throw gatewayError('invalid_value', { message: `The last good configuration goes on serving:\n${lines}` });
}

import { gatewayError } from '@sluice/contract';
import type { Clock } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import type { Config } from '../../config/schema.js';
import type { Scenario } from '../../drill/scenario.js';
import { drillView, scenarioView } from '../../drill/view.js';
import { jsonContent, noStore } from '../answers.js';
import { parseInput } from '../parse-input.js';
import type { Route, RouteCall } from '../route.js';

export interface DrillRoutesDeps {
  /** The configuration of the moment: what is drilled. */
  readonly config: () => Config;
  readonly clock: Clock;
}

const drillInput = z
  .strictObject({
    scenario: z.string().meta({ description: 'One by its name, `all`, or `benchmark`.', example: 'stalled-stream' }),
    aliases: z.array(z.string()).min(1).optional().meta({ description: 'Which aliases; all where absent.' }),
    at: z.string().optional().meta({
      description: "The provider to be at fault; that of each alias's first target where absent.",
    }),
  })
  .meta({ description: 'A drill to run.' });

const scenarioList = z
  .strictObject({ data: z.array(scenarioView) })
  .meta({ description: 'Every scenario, in the order of `sluice drill --list`.' });

/** `/admin/v1/drills`. A drill is of the configuration alone: of the gateway that answers, it uses nothing but time to compute. */
export function createDrillRoutes(deps: DrillRoutesDeps): readonly Route[] {
  let isRunning = false;
  const runAlone = async (call: RouteCall): Promise<Answer> => {
    const input = await checkInput(await call.json(), deps.config());
    if (isRunning) throw gatewayError('overloaded', { message: 'Another drill is running.', details: BUSY });
    isRunning = true;
    try {
      return await runDrill(input, call.signal, deps);
    } finally {
      isRunning = false;
    }
  };
  return [listRoute(), runRoute(runAlone)];
}

/** Gateways that nobody drills need no stand-ins. */
const loadDrills = () => import('../../drill/index.js');

const BUSY = { retryAfterMs: 10_000 };

function listRoute(): Route {
  return {
    method: 'GET',
    path: '/admin/v1/drills',
    access: 'drills:run',
    openapi: {
      operationId: 'listDrills',
      summary: 'List the bad days that the configuration can be shown',
      tags: ['drills'],
      responses: { 200: { description: 'All scenarios.', content: jsonContent(scenarioList) } },
    },
    handle: async () => {
      const { SCENARIOS, toScenarioView } = await loadDrills();
      return jsonAnswer(200, { data: SCENARIOS.map(toScenarioView) }, noStore);
    },
  };
}

function runRoute(handle: Route['handle']): Route {
  return {
    method: 'POST',
    path: '/admin/v1/drills',
    access: 'drills:run',
    openapi: {
      operationId: 'runDrill',
      summary: 'Show the configuration a bad day: what would callers see?',
      tags: ['drills'],
      requestBody: { required: true, content: jsonContent(drillInput) },
      responses: { 200: { description: 'What callers would have seen.', content: jsonContent(drillView) } },
    },
    handle,
  };
}

type Input = Omit<z.output<typeof drillInput>, 'scenario'> & {
  readonly scenarios: readonly Scenario[];
};

async function checkInput(value: unknown, { models, providers }: Config): Promise<Input> {
  const { scenario, ...rest } = parseInput(drillInput, value);
  const { findScenarios } = await loadDrills();
  const scenarios = findScenarios(scenario);
  if (!scenarios) throw unknown('scenario', 'There is no such scenario: GET /admin/v1/drills names them.');
  if (rest.aliases?.some((name) => !Object.hasOwn(models, name))) throw unknown('aliases', 'There is no such alias.');
  if (rest.at !== undefined && !Object.hasOwn(providers, rest.at)) throw unknown('at', 'There is no such provider.');
  return { ...rest, scenarios };
}

function unknown(param: string, message: string): Error {
  return gatewayError('invalid_value', { message, details: { param } });
}

async function runDrill(input: Input, signal: AbortSignal, { config, clock }: DrillRoutesDeps): Promise<Answer> {
  const { drill, toView } = await loadDrills();
  const report = await drill({ ...input, config: config(), startMs: clock.now(), signal });
  return jsonAnswer(200, toView(report), noStore);
}

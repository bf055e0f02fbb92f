import type { Config } from '../config/schema.js';
import { drill } from '../drill/drill.js';
import { renderList, renderReport } from '../drill/render.js';
import type { Scenario } from '../drill/scenario.js';
import { SCENARIOS, findScenarios } from '../drill/scenarios.js';
import { toScenarioView, toView } from '../drill/view.js';
import { UsageError } from './command.js';
import type { CommandCall, ExitCode } from './command.js';
import { loadSettings } from './load-for-command.js';
import { reportProblems } from './report-problems.js';

/** Lists scenarios, or runs those that were named; fails where a result is unclean, or where there is none. */
export async function runDrill(call: CommandCall): Promise<ExitCode> {
  if (call.options['list'] !== undefined) return list(call);
  const [name] = call.positionals;
  const scenarios = findScenarios(name ?? '');
  if (!scenarios) throw new UsageError(name === undefined ? 'SCENARIO is missing' : unknownScenario(name));
  const loaded = await loadSettings(call);
  if (!loaded.ok) return reportProblems(loaded.problems, call);
  return run(scenarios, loaded.config, call);
}

function unknownScenario(name: string): string {
  return `there is no scenario ${JSON.stringify(name)}; sluice drill --list names them`;
}

function list({ context, json }: CommandCall): ExitCode {
  context.stdout.write(json ? `${JSON.stringify({ data: SCENARIOS.map(toScenarioView) })}\n` : renderList(SCENARIOS));
  return 0;
}

async function run(scenarios: readonly Scenario[], config: Config, call: CommandCall): Promise<ExitCode> {
  const { context, json, options } = call;
  const aliases = options['alias']?.split(',');
  const { at } = options;
  assertKnown(aliases ?? [], config.models, 'alias');
  assertKnown(at === undefined ? [] : [at], config.providers, 'provider');
  if (Object.keys(config.models).length === 0) throw new Error('the configuration has no alias under models: to drill');
  const progress = showProgress(scenarios, call);
  const { signal } = new AbortController();
  const report = await drill({ config, scenarios, aliases, at, startMs: Date.now(), signal, ...progress });
  progress.end();
  context.stdout.write(json ? `${JSON.stringify(toView(report))}\n` : renderReport(report));
  return report.unclean > 0 || report.scenarios.every(({ results }) => results.length === 0) ? 1 : 0;
}

interface Progress {
  readonly onScenario: () => void;
  readonly end: () => void;
}

const TO_LINE_START = '\r\u001b[K';

/** Where a person watches, one line says how far it is. */
function showProgress(scenarios: readonly Scenario[], { context, json }: CommandCall): Progress {
  const { stderr } = context;
  if (json || stderr.isTTY !== true) return { onScenario() {}, end() {} };
  let done = 0;
  const show = (): void => {
    const next = scenarios[done];
    stderr.write(`${TO_LINE_START}${next ? `${done + 1} of ${scenarios.length}: ${next.name}` : ''}`);
  };
  show();
  return {
    onScenario() {
      done += 1;
      show();
    },
    end: () => void stderr.write(TO_LINE_START),
  };
}

function assertKnown(names: readonly string[], known: object, what: string): void {
  const stranger = names.find((name) => !Object.hasOwn(known, name));
  if (stranger !== undefined) throw new UsageError(`the configuration has no ${what} ${JSON.stringify(stranger)}`);
}

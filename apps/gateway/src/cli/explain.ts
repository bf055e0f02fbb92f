import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ADMIN } from '@sluice/auth';
import { ResourcePool, TargetStatsTable } from '@sluice/core';
import type { Explanation, Snapshot } from '@sluice/core';
import { isJsonObject } from '@sluice/toolkit';
import { createTransport } from '@sluice/transport';
import { buildSnapshot } from '../compose/build-snapshot.js';
import { composeCatalogue } from '../compose/catalogue.js';
import { Holding } from '../compose/holding.js';
import { takeProviders } from '../compose/providers.js';
import { takeSlots } from '../compose/slots.js';
import type { ConfiguredSlots } from '../compose/slots.js';
import type { LoadedConfig } from '../config/load-config.js';
import { explainRequest, parseExplainInput } from '../http/admin/explain-input.js';
import { systemClock } from '../system-clock.js';
import { CONFIG_OPTIONS, UsageError } from './command.js';
import type { Command, CommandCall } from './command.js';
import { loadSettings } from './load-for-command.js';
import { reportProblems } from './report-problems.js';
import { table } from './usage.js';

/** `sluice explain -f request.json`: where a request would go by the configuration, before anything was measured. */
export const explainCommand: Command = {
  name: 'explain',
  positionals: [],
  options: {
    file: {
      value: 'FILE',
      short: 'f',
      summary: 'The request in JSON: its body, or { route, headers, body }',
    },
    route: { value: 'PATH', summary: 'The endpoint that it would call (/v1/chat/completions)' },
    ...CONFIG_OPTIONS,
  },
  summary: 'Say where a request would go, and why, without sending it',
  async run(call) {
    const { file, route } = call.options;
    if (file === undefined) throw new UsageError('--file is missing');
    const request = await readRequest(resolve(call.context.cwd, file), route);
    const loaded = await loadSettings(call);
    if (!loaded.ok) return reportProblems(loaded.problems, call);
    const stats = new TargetStatsTable();
    const { snapshot, slots } = await tablesOf(loaded, call);
    const state = { clock: systemClock, stats, random: () => Math.random(), ...(slots ? { slots } : {}) };
    const explanation = explainRequest(parseExplainInput(request), ADMIN, { snapshot, state });
    call.context.stdout.write(call.json ? `${JSON.stringify(explanation)}\n` : render(explanation));
    return explanation.error ? 1 : 0;
  },
};

/** A file that holds a `body` is the whole request, any other the body alone. */
async function readRequest(path: string, route: string | undefined): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const isWhole = isJsonObject(value) && isJsonObject(value['body']);
  const request = isWhole ? (value as object) : { body: value };
  return route === undefined ? request : { ...request, route };
}

interface Tables {
  readonly snapshot: Snapshot;
  readonly slots: ConfiguredSlots | undefined;
}

/** The tables of a gateway that is not started: nothing is asked, and only what the file and the catalogue say is known. */
async function tablesOf({ config }: LoadedConfig, { context }: CommandCall): Promise<Tables> {
  const transport = createTransport({ clock: systemClock });
  const holding = new Holding(new ResourcePool((cause) => void context.stderr.write(`${String(cause)}\n`)));
  try {
    const providers = takeProviders(config, holding, { secrets: context, transport });
    const snapshot = buildSnapshot({
      config,
      providers: new Map([...providers].map(([name, { provider }]) => [name, provider])),
      knownModels: (name) => providers.get(name)?.lists.of(name) ?? new Set(),
      catalogue: composeCatalogue(config),
    });
    return { snapshot, slots: takeSlots(config, holding) };
  } finally {
    holding.release();
    await transport.close();
  }
}

function render({ model, alias, candidates, error }: Explanation): string {
  const rows = candidates.map(({ position, provider, model: name, code, reason }) => [
    position === undefined ? '-' : String(position),
    `${provider}/${name}`,
    code,
    reason,
  ]);
  const head = alias === undefined ? model : `${model} (alias)`;
  const refusal = error ? [`refused: ${error.code}: ${error.message}`] : [];
  return [head, ...table(rows), ...refusal, ''].join('\n');
}

import { CONFIG_OPTIONS } from './command.js';
import type { Command } from './command.js';
import { flagsOf, loadForStart } from './load-for-command.js';
import { reportProblems } from './report-problems.js';

/** `sluice check [FILE]`: what a start would say of the configuration, without starting. */
export const checkCommand: Command = {
  name: 'check',
  positionals: ['[FILE]'],
  options: { config: CONFIG_OPTIONS.config },
  summary: 'Check the configuration, secrets included, as a start would',
  async run(call) {
    const [file] = call.positionals;
    const loaded = await loadForStart(call, { ...flagsOf(call), ...(file !== undefined && { config: file }) });
    if (!loaded.ok) return reportProblems(loaded.problems, call);
    const name = loaded.file ?? 'no file';
    const providers = Object.keys(loaded.config.providers);
    const models = Object.keys(loaded.config.models);
    const { redis } = loaded.environment;
    const text = `ok: ${name} (providers: ${providers.join(', ') || 'none'}; aliases: ${models.join(', ') || 'none'}${redis === undefined ? '' : `; redis: ${redis}`})`;
    call.context.stdout.write(
      `${call.json ? JSON.stringify({ ok: true, file: loaded.file, providers, models, ...(redis !== undefined && { redis }) }) : text}\n`,
    );
    return 0;
  },
};

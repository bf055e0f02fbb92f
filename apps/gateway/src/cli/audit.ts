import { createAuditSeal } from '../audit/chain.js';
import { verifyAudit } from '../audit/verify.js';
import type { AuditVerdict } from '../audit/verify.js';
import type { LoadedConfig } from '../config/load-config.js';
import { withDirectory } from '../directory/with-directory.js';
import { CONFIG_OPTIONS } from './command.js';
import type { Command, CommandCall, ExitCode } from './command.js';
import { loadSettings } from './load-for-command.js';
import { reportProblems } from './report-problems.js';

/** `sluice audit verify`: 0 where every row is what was written, 1 where one is not. */
export const auditVerifyCommand: Command = {
  name: 'audit verify',
  positionals: [],
  options: CONFIG_OPTIONS,
  summary: 'Check that no row of the audit log was changed, moved or taken away',
  async run(call) {
    const loaded = await loadSettings(call);
    return loaded.ok ? verify(loaded, call) : reportProblems(loaded.problems, call);
  },
};

async function verify({ environment }: LoadedConfig, { context, json }: CommandCall): Promise<ExitCode> {
  const verdict = await withDirectory({ environment, cwd: context.cwd }, ({ audit, secret }) =>
    verifyAudit(audit, createAuditSeal(secret)),
  );
  const output = json || verdict.ok ? context.stdout : context.stderr;
  output.write(`${json ? JSON.stringify(verdict) : render(verdict)}\n`);
  return verdict.ok ? 0 : 1;
}

function render(verdict: AuditVerdict): string {
  if (verdict.ok) return `The audit log is whole: ${verdict.rows} rows.`;
  return `The audit log is broken at row ${verdict.row}: ${verdict.reason}. The ${verdict.rows} rows before it are whole.`;
}

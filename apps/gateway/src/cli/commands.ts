import type { Command } from './command.js';
import { auditVerifyCommand } from './audit.js';
import { checkCommand } from './check.js';
import { drillCommand } from './drill.js';
import { explainCommand } from './explain.js';
import { keysCreateCommand, keysListCommand, keysRevokeCommand, keysRotateCommand } from './keys.js';
import { schemaCommand } from './schema.js';
import { simCommand } from './sim.js';
import { createStartCommand } from './start.js';
import { spendCommand } from './spend.js';
import { spendRecostCommand } from './spend-recost.js';
import { spendReconcileCommand } from './spend-reconcile.js';
import { superviseCommand } from './supervise-command.js';
import { versionCommand } from './version.js';

/** Every command, in the order of the help screen. */
export const COMMANDS: readonly Command[] = [
  // The gateway itself is loaded by the one command that serves.
  createStartCommand(async (request) => (await import('./launch-gateway.js')).launchGateway(request)),
  superviseCommand,
  checkCommand,
  explainCommand,
  drillCommand,
  keysCreateCommand,
  keysListCommand,
  keysRotateCommand,
  keysRevokeCommand,
  auditVerifyCommand,
  spendCommand,
  spendReconcileCommand,
  spendRecostCommand,
  schemaCommand,
  simCommand,
  versionCommand,
];

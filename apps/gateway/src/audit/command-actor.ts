import type { Environment } from '../config/environment.js';
import type { AuditActor } from './audit-log.js';

/** Whoever runs a command has the data directory itself: the log can only say under which name the machine knows them. */
export function commandActor(command: string, { env }: { readonly env: Environment }): AuditActor {
  const user = env['USER'] ?? env['USERNAME'] ?? '';
  return { actor: command, actorName: user.slice(0, 100), role: 'operator', tenant: 'default', address: 'local' };
}

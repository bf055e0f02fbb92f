import { createAuditLog } from '../audit/audit-log.js';
import type { AuditLog } from '../audit/audit-log.js';
import { createAuditSeal } from '../audit/chain.js';
import { isProduction } from '../config/environment.js';
import { createCors } from '../cors/cors.js';
import type { Cors } from '../cors/cors.js';
import { LiveCors } from '../cors/live-cors.js';
import { systemClock } from '../system-clock.js';
import type { SessionCookies } from '../http/sign-in/session-cookie.js';
import type { EntryParts } from './entry.js';
import { composePeople } from './people.js';

/** Whose pages may call, who is signed in there, and what is written down of what operators do. */
export interface Edge {
  readonly liveCors: LiveCors;
  readonly cors: Cors;
  readonly audit: AuditLog;
  /** What browsers keep of people who signed in. */
  readonly cookies: SessionCookies;
}

/** The policy of CORS is what operators set in the database, else what the configuration of the moment says. */
export function composeEdge({
  store,
  options,
  generations,
  followers,
}: Pick<EntryParts, 'store' | 'options' | 'generations' | 'followers'>): Edge {
  const liveCors = new LiveCors({
    settings: store.settings,
    clock: systemClock,
    environment: isProduction(options.env) ? 'production' : 'development',
    follow: followers.run,
    file: () => generations.current.config.cors,
  });
  followers.onNews(() => liveCors.refresh());
  const seal = createAuditSeal(options.state.keyPepper);
  const audit = createAuditLog({ audit: store.audit, seal, clock: systemClock, followers });
  return { liveCors, cors: createCors(liveCors), audit, cookies: composePeople(generations).cookies };
}

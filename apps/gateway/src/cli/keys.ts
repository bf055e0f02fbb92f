import { ADMIN, ROLES, createKeyAdmin, createKeyInput, rotateKeyInput, toKeyView } from '@sluice/auth';
import type { CreatedKey, KeyAdmin, KeyView } from '@sluice/auth';
import { createAuditLog } from '../audit/audit-log.js';
import type { AuditedChange } from '../audit/audit-log.js';
import { createAuditSeal } from '../audit/chain.js';
import { commandActor } from '../audit/command-actor.js';
import { creation, revocation, rotation } from '../audit/key-changes.js';
import type { LoadedConfig } from '../config/load-config.js';
import { withDirectory } from '../directory/with-directory.js';
import { systemClock } from '../system-clock.js';
import { CONFIG_OPTIONS, UsageError } from './command.js';
import type { Command, CommandCall, ExitCode } from './command.js';
import { loadSettings } from './load-for-command.js';
import { reportProblems } from './report-problems.js';
import { table } from './usage.js';

/** `sluice keys create NAME`: the key goes to stdout alone, so that a script can take it. */
export const keysCreateCommand: Command = {
  name: 'keys create',
  positionals: ['NAME'],
  options: {
    org: { value: 'ID', summary: 'The organisation. Default: that of the team or user, else default' },
    team: { value: 'ID', summary: 'The team that it belongs to' },
    user: { value: 'ID', summary: 'The user, or service account, that it belongs to' },
    role: { value: 'ROLE', summary: `What it may do: ${ROLES.join(', ')}. Default: caller` },
    models: {
      value: 'A,B',
      summary: 'Models it may ask for; * at the end of a name stands for any rest. Default: all',
    },
    routes: { value: 'A,B', summary: 'Endpoints it may call, by their paths; * at the end as in models. Default: all' },
    tools: { value: 'A,B', summary: 'Tools its requests may offer to models, by name. Default: all' },
    ips: { value: 'A,B', summary: 'Addresses and networks it may be used from. Default: all' },
    rpm: { value: 'N', summary: 'Requests a minute. Default: as the limits profile says' },
    concurrent: { value: 'N', summary: 'Requests at one time. Default: as the limits profile says' },
    profile: { value: 'NAME', summary: 'The limits profile. Default: default' },
    expires: { value: 'TIME', summary: 'When it stops working, in ISO 8601. Default: never' },
    ...CONFIG_OPTIONS,
  },
  summary: 'Make a key for a caller',
  run(call) {
    const input = toKeyInput(call);
    return withKeys(call, async (keys, change) => {
      showKey(call, await change('createKey', creation(keys, input, ADMIN)), 'Made');
      return 0;
    });
  },
};

/** `sluice keys list`. */
export const keysListCommand: Command = {
  name: 'keys list',
  positionals: [],
  options: CONFIG_OPTIONS,
  summary: 'List all keys, revoked ones too',
  run: (call) =>
    withKeys(call, async (keys) => {
      const views = keys.list(ADMIN).map(toKeyView);
      const text = call.json ? JSON.stringify({ data: views }) : renderKeys(views);
      call.context.stdout.write(`${text}\n`);
      return 0;
    }),
};

/** `sluice keys revoke ID`. */
export const keysRevokeCommand: Command = {
  name: 'keys revoke',
  positionals: ['ID'],
  options: CONFIG_OPTIONS,
  summary: 'End a key for good; a running gateway refuses it within a second',
  run: (call) =>
    withKeys(call, async (keys, change) => {
      const [id = ''] = call.positionals;
      if (!(await change('revokeKey', revocation(keys, id, ADMIN))))
        throw new Error(`There is no key ${JSON.stringify(id)}; sluice keys list shows all.`);
      call.context.stdout.write(`${call.json ? JSON.stringify({ id, revoked: true }) : `Revoked ${id}.`}\n`);
      return 0;
    }),
};

/** `sluice keys rotate ID`: the new secret goes to stdout alone. */
export const keysRotateCommand: Command = {
  name: 'keys rotate',
  positionals: ['ID'],
  options: {
    grace: { value: 'TIME', summary: 'How long the secret that it has goes on: 0s, 30m, 24h. Default: 24h' },
    ...CONFIG_OPTIONS,
  },
  summary: 'Give a key another secret; the one that it has goes on for a while',
  run(call) {
    const { grace } = call.options;
    const input = rotateKeyInput.safeParse(grace === undefined ? {} : { grace });
    if (!input.success) throw new UsageError('--grace takes a number and s, m, h or d: 24h');
    return withKeys(call, async (keys, change) => {
      const [id = ''] = call.positionals;
      const rotated = await change('rotateKey', rotation(keys, id, { input: input.data, by: ADMIN }));
      if (!rotated)
        throw new Error(`There is no key ${JSON.stringify(id)} that still works; sluice keys list shows all.`);
      showKey(call, rotated, 'Rotated');
      return 0;
    });
  },
};

/** Alone on stdout, so that a script can take it. */
function showKey({ json, context: { stdout, stderr } }: CommandCall, { record, key }: CreatedKey, done: string): void {
  if (json) stdout.write(`${JSON.stringify({ ...toKeyView(record), key })}\n`);
  else {
    stdout.write(`${key}\n`);
    stderr.write(`${done} ${record.id} for "${record.name}". The key is shown this once.\n`);
  }
}

type UseKeys = (
  keys: KeyAdmin,
  change: <T>(action: string, change: AuditedChange<T>) => Promise<T>,
) => Promise<ExitCode>;

async function withKeys(call: CommandCall, use: UseKeys): Promise<ExitCode> {
  const loaded = await loadSettings(call);
  return loaded.ok ? useKeys(loaded, call, use) : reportProblems(loaded.problems, call);
}

function useKeys({ config, environment }: LoadedConfig, { context }: CommandCall, use: UseKeys): Promise<ExitCode> {
  return withDirectory({ environment, cwd: context.cwd }, ({ secret, audit, ...directory }) => {
    const { prefix } = config.auth.keys;
    const { profiles } = config.limits;
    const keys = createKeyAdmin({ ...directory, pepper: secret, prefix, profiles, clock: systemClock });
    const log = createAuditLog({ audit, seal: createAuditSeal(secret), clock: systemClock });
    const actor = commandActor('cli', context);
    return use(keys, (action, change) => log.change(actor, action, change));
  });
}

function toKeyInput({ positionals: [name], options }: CommandCall) {
  const { org, team, user, role, profile, expires } = options;
  const limits = {
    ...(options['rpm'] !== undefined && { requestsPerMinute: toCount('rpm', options['rpm']) }),
    ...(options['concurrent'] !== undefined && { concurrent: toCount('concurrent', options['concurrent']) }),
  };
  const parsed = createKeyInput.safeParse({
    name,
    ...(org !== undefined && { org }),
    ...(team !== undefined && { team }),
    ...(user !== undefined && { user }),
    ...(role !== undefined && { role }),
    ...toLists(options),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(profile !== undefined && { profile }),
    ...(expires !== undefined && { expiresAt: expires }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${issue?.path.join('.') ?? 'the key'}: ${issue?.message ?? 'not valid'}`);
}

/** What is given as several names in one. */
function toLists(options: CommandCall['options']): Readonly<Record<string, readonly string[]>> {
  const given = (['models', 'routes', 'tools', 'ips'] as const).filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, (options[name] ?? '').split(',').map((one) => one.trim())]));
}

function toCount(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes a whole number`);
}

function renderKeys(views: readonly KeyView[]): string {
  if (views.length === 0) return 'No keys yet: sluice keys create NAME';
  const rows = views.map((view) => [view.id, view.name, `...${view.last4}`, view.createdAt, stateOf(view)]);
  return table([['ID', 'NAME', 'KEY', 'CREATED', 'STATE'], ...rows]).join('\n');
}

function stateOf({ revokedAt, expiresAt }: KeyView): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt}`;
  return expiresAt === undefined ? 'active' : `until ${expiresAt}`;
}

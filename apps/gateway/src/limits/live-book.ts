import type { BudgetTerms, Clock, SettingRepository } from '@sluice/contract';
import { LimitBook, toBudgetRules } from '@sluice/limits';
import type { BudgetSettings, NamedBudget, ScopeRules } from '@sluice/limits';
import type { Followers } from '../audit/followers.js';
import type { Config } from '../config/schema.js';
import { budgetsInForce, limitsInForce } from './in-force.js';

const LIMIT_SETTING = 'limit';
const BUDGET_SETTING = 'budget';
const NANO = 1_000_000_000;
/** How often the database is asked whether it changed: well under the second in which a change has to hold. */
const CHECK_EVERY_MS = 200;

/** So much more, for some time. */
export interface Raise {
  readonly usd: number;
  readonly untilMs: number;
}

/** Who made an entry: what the gateway's operators set, those of an organisation do not change. */
export type Maker = 'gateway' | 'organisation';

export interface LimitEntry {
  readonly scope: string;
  readonly rules: ScopeRules;
  readonly source: 'file' | 'database';
  readonly by: Maker;
}
export interface BudgetEntry {
  readonly name: string;
  readonly scope?: string;
  readonly terms: BudgetTerms;
  readonly raise?: Raise;
  readonly source: 'file' | 'database';
  readonly by: Maker;
}

export interface LiveBookDeps {
  readonly settings: SettingRepository;
  readonly clock: Clock;
  /** Runs what is to follow a change. */
  readonly follow: Followers['run'];
  /** Of the moment. */
  config(): Pick<Config, 'limits' | 'budgets'>;
}

interface StoredLimit {
  readonly rules: ScopeRules;
  readonly by: Maker;
}
interface StoredBudget {
  /** Absent where only a budget of the file is raised. */
  readonly settings?: BudgetSettings;
  readonly raise?: Raise;
  readonly by: Maker;
}

/**
 * All limits and budgets beside those of keys: the file's, and those that operators set at run time, which win. A change by
 * another process counts within a second; while the database cannot be read, what was read last goes on.
 */
export class LiveBook {
  readonly #deps: LiveBookDeps;
  #config: Pick<Config, 'limits' | 'budgets'> | undefined;
  #version: number | undefined;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #book = new LimitBook({ scopes: {}, budgets: [] });

  constructor(deps: LiveBookDeps) {
    this.#deps = deps;
  }

  /** Asked for by every request. */
  get current(): LimitBook {
    const nowMs = this.#deps.clock.monotonic();
    const isFresh = nowMs - this.#checkedAtMs < CHECK_EVERY_MS;
    if (isFresh && this.#deps.config() === this.#config) return this.#book;
    this.#checkedAtMs = nowMs;
    try {
      this.#refresh();
    } catch {
      // What cannot be read leaves the limits as they were, which is safer than none.
    }
    return this.#book;
  }

  /** Reads now what another process has changed. Throws what the repository throws. */
  refresh(): void {
    this.#refresh();
  }

  limits(): readonly LimitEntry[] {
    const stored = this.#storedLimits();
    const taken = new Set(stored.map(({ scope }) => scope));
    return [...this.#filedLimits().filter(({ scope }) => !taken.has(scope)), ...stored];
  }

  budgets(): readonly BudgetEntry[] {
    const { settings, config } = this.#deps;
    const filed = config().budgets;
    const stored = new Map(
      settings.list(BUDGET_SETTING).map(({ name, value }) => [name, value as unknown as StoredBudget]),
    );
    const names = [...new Set([...Object.keys(filed), ...stored.keys()])];
    return names.flatMap((name) => {
      const own = stored.get(name);
      const found = own?.settings ?? (Object.hasOwn(filed, name) ? filed[name] : undefined);
      return found ? [toEntry(name, found, own)] : [];
    });
  }

  /** Whether keys may name it: what has a scope holds for that, and is nothing that others are told of. */
  hasBudgetForKeys(name: string): boolean {
    return this.budgets().some((entry) => entry.name === name && entry.scope === undefined);
  }

  setLimit(scope: string, rules: ScopeRules, by: Maker): void {
    this.#put(LIMIT_SETTING, scope, { rules, by });
  }

  deleteLimit(scope: string): boolean {
    return this.#delete(LIMIT_SETTING, scope);
  }

  /** A budget that is set anew has no raise. */
  setBudget(name: string, settings: BudgetSettings, by: Maker): void {
    this.#put(BUDGET_SETTING, name, { settings, by });
  }

  deleteBudget(name: string): boolean {
    return this.#delete(BUDGET_SETTING, name);
  }

  /** Raises a budget that there is. */
  raise(name: string, raise: Raise, by: Maker): void {
    const before = this.#deps.settings.find(BUDGET_SETTING, name)?.value as unknown as StoredBudget | undefined;
    this.#put(BUDGET_SETTING, name, { ...before, raise, by: before?.by ?? by });
  }

  #filedLimits(): readonly LimitEntry[] {
    const filed = Object.entries(this.#deps.config().limits.scopes);
    return filed.map(([scope, rules]) => ({ scope, rules, source: 'file', by: 'gateway' }));
  }

  #storedLimits(): readonly LimitEntry[] {
    return this.#deps.settings.list(LIMIT_SETTING).map(({ name, value }) => {
      const { rules, by } = value as unknown as StoredLimit;
      return { scope: name, rules, source: 'database', by };
    });
  }

  /** Those of the file that only an organisation's own of the same name hides from view. */
  #hiddenBudgets(shown: readonly BudgetEntry[]): readonly BudgetEntry[] {
    const filed = this.#deps.config().budgets;
    return shown.flatMap(({ name, by }) => {
      const settings = by === 'organisation' && Object.hasOwn(filed, name) ? filed[name] : undefined;
      return settings ? [toEntry(name, settings, undefined)] : [];
    });
  }

  #put(kind: string, name: string, value: StoredLimit | StoredBudget): void {
    const { settings, clock, follow } = this.#deps;
    settings.put({ kind, name, value: { ...value }, changedAtMs: clock.now() });
    follow(() => this.#refresh());
  }

  #delete(kind: string, name: string): boolean {
    const { settings, follow } = this.#deps;
    const found = settings.delete(kind, name);
    follow(() => this.#refresh());
    return found;
  }

  #refresh(): void {
    const { settings, config: read } = this.#deps;
    const config = read();
    // The version first: a change between the two reads shows as a newer version at the next check.
    const version = settings.version();
    if (version === this.#version && config === this.#config) return;
    const shown = this.budgets();
    const budgets = budgetsInForce([...shown, ...this.#hiddenBudgets(shown)]);
    const scopes = limitsInForce([...this.#filedLimits(), ...this.#storedLimits()]);
    this.#book = new LimitBook({ scopes, budgets: budgets.map(toNamed) });
    this.#version = version;
    this.#config = config;
  }
}

function toEntry(name: string, { scope, ...terms }: BudgetSettings, stored: StoredBudget | undefined): BudgetEntry {
  return {
    name,
    ...(scope === undefined ? {} : { scope }),
    terms,
    ...(stored?.raise ? { raise: stored.raise } : {}),
    source: stored?.settings ? 'database' : 'file',
    by: stored?.settings ? stored.by : 'gateway',
  };
}

function toNamed({ name, scope, terms, raise }: BudgetEntry): NamedBudget {
  const rules = toBudgetRules(terms);
  const raised = raise ? { ...rules, raise: { nanoUsd: Math.round(raise.usd * NANO), untilMs: raise.untilMs } } : rules;
  return { name, rules: raised, ...(scope === undefined ? {} : { scope }) };
}

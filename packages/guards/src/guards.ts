import { createHash } from 'node:crypto';
import type { CallGuards, GuardSubject, Guards, JsonObject } from '@sluice/contract';
import { isForCaller, isForModel } from './call/bound-guard.js';
import type { BoundGuard } from './call/bound-guard.js';
import type { CallParts } from './call/call-parts.js';
import { createOutputGuard } from './call/output-check.js';
import { checkRequest } from './call/request-check.js';
import { Tally } from './call/tally.js';
import type { Report } from './call/tally.js';
import type { GuardCheck } from './kinds/guard.js';
import { createModerationGuard } from './kinds/moderation-guard.js';
import type { ModerationDeps } from './kinds/moderation-guard.js';
import { createSchemaGuard } from './kinds/schema-guard.js';
import { createKeywordGuard, createPatternGuard, createPersonalDataGuard } from './kinds/text-guards.js';
import { createWebhookGuard } from './kinds/webhook-guard.js';
import type { WebhookDeps } from './kinds/webhook-guard.js';
import type { GuardSettings, GuardsSettings } from './settings.js';
import { Placeholders } from './text/placeholders.js';

export interface GuardsDeps extends WebhookDeps, ModerationDeps {
  /** Counts what guards do. */
  readonly report: Report;
  /** A guard could not judge. */
  readonly onFailure: (guard: string, cause: unknown) => void;
}

/** Answers of these operations are texts of a model's. */
const ANSWERED_IN_TEXT: ReadonlySet<string> = new Set(['chat', 'transcription']);

/** The guards of a configuration; nothing where it has none. Throws a `SyntaxError` for settings that were not checked. */
export function createGuards(settings: GuardsSettings, deps: GuardsDeps): Guards | undefined {
  const all = Object.entries(settings).map(([name, one]) => bindGuard(name, one, deps));
  if (all.length === 0) return undefined;
  return {
    of(subject) {
      const guards = all.filter(({ appliesTo }) => isForCaller(appliesTo, subject.principal));
      const own = guards.filter(({ appliesTo }) => isForModel(appliesTo, subject.models));
      return own.length === 0 ? undefined : createCallGuards(own, subject, deps);
    },
    bind: (principal) => all.some(({ mode, appliesTo }) => mode === 'enforce' && isForCaller(appliesTo, principal)),
  };
}

function bindGuard(name: string, settings: GuardSettings, deps: GuardsDeps): BoundGuard {
  const { on, mode, appliesTo = {} } = settings;
  return {
    name,
    on: new Set(on),
    mode,
    appliesTo,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([name, settings]))
      .digest('base64url')
      .slice(0, 16),
    check: createCheck(name, settings, deps),
  };
}

function createCheck(name: string, settings: GuardSettings, deps: GuardsDeps): GuardCheck {
  switch (settings.kind) {
    case 'regex':
      return createPatternGuard(settings);
    case 'keywords':
      return createKeywordGuard(settings);
    case 'pii':
      return createPersonalDataGuard(settings);
    case 'json-schema':
      return createSchemaGuard(settings.schema, settings.onFailure);
    case 'webhook':
      return createWebhookGuard({ name, ...settings }, deps);
    case 'moderation':
      return createModerationGuard(settings, deps);
  }
}

function createCallGuards(guards: readonly BoundGuard[], subject: GuardSubject, deps: GuardsDeps): CallGuards {
  const tally = new Tally(deps.report);
  let wire: JsonObject = {};
  let written: string | undefined;
  const placeholders = new Placeholders((name) => (written ??= JSON.stringify(wire)).includes(name));
  let askedSchema: JsonObject | undefined;
  const parts = (): CallParts => ({ subject, guards, tally, placeholders, onFailure: deps.onFailure, askedSchema });
  const answersInText = ANSWERED_IN_TEXT.has(subject.operation);
  return {
    variant: guards.map(({ fingerprint }) => fingerprint).join(),
    get checksOutput() {
      return answersInText && (!placeholders.isEmpty || guards.some(({ on }) => on.has('output')));
    },
    noted: (which) => tally.write(which),
    async checkRequest(asked) {
      wire = asked.wire;
      askedSchema = schemaOf(asked.request);
      return checkRequest(asked, parts());
    },
    openOutput: () => createOutputGuard(parts()),
  };
}

function schemaOf(request: unknown): JsonObject | undefined {
  const { responseFormat } = (request ?? {}) as { readonly responseFormat?: { readonly schema?: JsonObject } };
  return responseFormat?.schema;
}

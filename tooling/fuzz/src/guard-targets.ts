import type { CallGuards, ChatEvent, OutputGuard } from '@sluice/contract';
import { createGuards, guardsSettings } from '@sluice/guards';
import type { GuardsSettings } from '@sluice/guards';
import { createManualClock } from '@sluice/testkit';
import type { Target } from './fuzz.js';
import { GUARDED, SCHEMAS } from './seeds.js';

const { signal } = new AbortController();
const nobody = (): Promise<never> => Promise.reject(new Error('nobody is to be asked'));
/** Of a pattern that is allowed, each character of a text may cost this many steps: a fuzzer needs many texts a second. */
const MAX_PATTERN = 64;

function guardsOf(settings: GuardsSettings): CallGuards | undefined {
  const guards = createGuards(settings, {
    clock: createManualClock(),
    secret: nobody,
    send: nobody,
    moderate: nobody,
    report: () => undefined,
    onFailure: () => undefined,
  });
  const principal = { kind: 'key', role: 'caller', keyId: 'k', keyName: 'k', tenant: 't', limits: {} } as const;
  return guards?.of({ requestId: 'r', principal, models: ['m'], operation: 'chat', signal: () => signal });
}

/** What is left of a text that comes in these pieces. */
function readIn(output: OutputGuard, pieces: readonly string[]): string {
  const stream = output.watch({ write: (event: ChatEvent) => ('text' in event ? event.text : '') });
  const deltas = pieces.map((text): ChatEvent => ({ type: 'text-delta', index: 0, text }));
  return [...deltas, { type: 'part-end', index: 0 } as const].map((event) => stream.write(event)).join('');
}

/** A pattern in the first line, and behind it a text in which the guards look for it, and for personal data. */
function runGuards(bytes: Buffer): void {
  const whole = bytes.toString('utf8');
  const lineEnd = whole.indexOf('\n');
  const text = whole.slice(lineEnd + 1);
  const pattern = whole.slice(0, Math.max(0, lineEnd)).slice(0, MAX_PATTERN);
  const size = ((bytes[0] ?? 0) % 7) + 1;
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
  for (const call of [personal, patternGuard(pattern)]) {
    if (call && readIn(call.openOutput(), pieces) !== readIn(call.openOutput(), [text]))
      throw new Error('What comes out depends on how the text was cut.');
  }
}

const personal = guardsOf(
  guardsSettings.parse({
    personal: { kind: 'pii', on: ['output'], entities: ['email', 'phone', 'iban', 'credit-card', 'ip', 'fr-nir'] },
  }),
);

/** Nothing where the pattern is none. */
function patternGuard(pattern: string): CallGuards | undefined {
  const own = { kind: 'regex', on: ['output'], action: 'mask', maxMatchChars: 64, patterns: [pattern] };
  const { data } = guardsSettings.safeParse({ own });
  return data && guardsOf(data);
}

/** It is judged before anything is waited for, so that what hangs hangs here; a failure is the guard's to tell. */
function judgeBy(settings: GuardsSettings, text: string): void {
  const result = { id: 'a', model: 'm', content: [{ type: 'text', text }], finish: { unified: 'stop' } };
  guardsOf(settings)
    ?.openOutput()
    .checkResult(result)
    .catch(() => undefined);
}

export const GUARD_TARGETS: readonly Target[] = [
  {
    name: 'guards',
    seeds: GUARDED,
    words: [
      '(?:',
      ')',
      '|',
      '*',
      '+',
      '{2,9}',
      '[^',
      ']',
      '\\b',
      '\\d',
      '^',
      '$',
      '.',
      '@',
      'a@b.cd',
      '4111',
      '\n',
      ' ',
    ],
    run: runGuards,
  },
  {
    name: 'json-schema',
    seeds: SCHEMAS,
    words: [
      '{',
      '}',
      '"$ref":"#"',
      '"pattern":"',
      '"anyOf":[',
      '"items":',
      '"properties":{',
      'true',
      '1e400',
      '__proto__',
    ],
    run(bytes: Buffer): void {
      let schema: unknown;
      try {
        schema = JSON.parse(bytes.toString('utf8'));
      } catch {
        return;
      }
      const { data } = guardsSettings.safeParse({ shape: { kind: 'json-schema', schema } });
      if (data) judgeBy(data, JSON.stringify(schema));
    },
  },
];

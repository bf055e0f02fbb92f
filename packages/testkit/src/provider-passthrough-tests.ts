import type {
  ChatEvent,
  ChatResult,
  Finish,
  Frame,
  JsonObject,
  Passthrough,
  RawCall,
  StreamScanner,
} from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CANARY, HEAD, bodyText, sameJson, targetOf, targetOfCase, type OperationUnderTest } from './suite-subject.js';
import { everySplit, readFrames } from './provider-stream-tests.js';
import { wrongCodesOfCuts } from './provider-codec-tests.js';
import { foldEvents } from './fold-events.js';
import type { FixtureCase } from './fixtures.js';

/** The dialects whose streams tell usage only to who asks for it. */
const ASKED_FOR_USAGE: ReadonlySet<string> = new Set(['openai-chat', 'openai-completions']);
const REPLACED_MODEL = 'suite-replaced-model';
/** Values that a codec which parses and writes again would not bring back. */
const FUTURE_FIELD = '"x_future": {"big": 12345678901234567890, "form": 1.50e1, "text": "\\u00e9"}';

/**
 * What passing bytes through owes, where a provider does that. The dialect that the codec writes comes first and is
 * held against the cases of the operation whose models speak it; every other one has cases under its own name.
 */
export function passthroughTests(subject: OperationUnderTest): void {
  for (const [place, passthrough] of (subject.operation.passthroughs ?? []).entries()) {
    const recorded = place === 0 ? subject.cases : subject.casesOf(passthrough.dialect);
    const cases = recorded.filter((one) => passthrough.serves?.(targetOfCase(subject, one).model) ?? true);
    const startsWith = place === 0 ? contentOf(subject) : () => false;
    const through = { ...passthrough, startsWith };
    describe(`passing ${passthrough.dialect} through`, () => dialectTests({ ...subject, cases }, through));
  }
}

interface Through extends Passthrough {
  /** Whether these frames, which a stream begins with, hold some of the answer already. */
  startsWith(frames: readonly Frame[], fixture: FixtureCase): boolean;
}

const CONTENT: ReadonlySet<string> = new Set(['text-delta', 'reasoning-delta', 'refusal-delta', 'tool-start', 'part']);

function contentOf(subject: OperationUnderTest): Through['startsWith'] {
  return (frames, fixture) => {
    const decoder = subject.operation.stream?.open(HEAD, targetOfCase(subject, fixture));
    return frames.some((frame) => decoder?.push(frame).some(({ type }) => CONTENT.has(type)));
  };
}

function dialectTests(subject: OperationUnderTest, passthrough: Through): void {
  const { cases } = subject;
  describe.for(cases.filter((one) => one.has('upstream.json')))('passing on the request $name', (fixture) => {
    requestTests(subject, passthrough, fixture);
  });
  describe.for(cases.filter((one) => one.has('response.json', 'result.json')))('inspecting $name', (fixture) => {
    inspectTests(passthrough, fixture);
  });
  const scan = passthrough.scanner?.bind(passthrough);
  if (!scan) return;
  describe.for(cases.filter((one) => one.has('sse', 'events.json')))('scanning $name', (fixture) => {
    const open: OpenScanner = (wantsUsage) => scan(streamingCall(wantsUsage));
    scanTests(fixture, open, passthrough);
    commitTest(fixture, open, passthrough);
  });
  it.for(cases.filter((one) => one.has('sse', 'error.json')))('notices the error inside $name', (fixture) => {
    const scanner = scan(streamingCall(true));
    scanner.push(fixture.bytes('sse'));
    expect(scanner.failure).toMatchObject(fixture.json<{ readonly code: string }>('error.json'));
  });
}

function requestTests(subject: OperationUnderTest, passthrough: Passthrough, fixture: FixtureCase): void {
  const text = fixture.text('upstream.json').replace(/\s*\}\s*$/, `, ${FUTURE_FIELD} }`);
  const call = rawCall(text, passthrough);
  const encode = () => passthrough.encode(call, targetOf(subject, REPLACED_MODEL));

  it('replaces the model and keeps every other byte', () => {
    const passed = bodyText(encode());
    const back = fixture.has('target.json')
      ? passed.replaceAll(REPLACED_MODEL, fixture.json<{ readonly model: string }>('target.json').model)
      : passed.replace(JSON.stringify(REPLACED_MODEL), JSON.stringify(call.wire['model']));
    // Where usage has to be asked for, bytes are added; then the rest is compared as JSON, its numbers as text.
    const expected = call.wantsUsage ? text : withoutStreamOptions(text);
    expect(call.wantsUsage ? back : withoutStreamOptions(back)).toBe(expected);
  });

  it('gives the same bytes again', () => {
    expect(bodyText(encode())).toBe(bodyText(encode()));
  });

  it("takes none of the caller's credentials, cookies and addresses along", () => {
    expect(JSON.stringify(encode().headers)).not.toContain(CANARY);
  });

  if (call.stream && !call.wantsUsage) {
    it('asks for usage where the caller did not', () => {
      expect(JSON.parse(bodyText(encode()))).toMatchObject({ stream_options: { include_usage: true } });
    });
  }
}

const FORBIDDEN_HEADERS = [
  'authorization',
  'x-api-key',
  'cookie',
  'forwarded',
  'x-forwarded-for',
  'openai-organization',
];

function rawCall(text: string, { dialect }: Passthrough): RawCall {
  const wire = JSON.parse(text) as JsonObject;
  const stream = wire['stream'] === true;
  const options = wire['stream_options'] as { readonly include_usage?: unknown } | null | undefined;
  const wantsUsage = !ASKED_FOR_USAGE.has(dialect) || !stream || options?.include_usage === true;
  const headers = Object.fromEntries(FORBIDDEN_HEADERS.map((name) => [name, CANARY]));
  return { body: Buffer.from(text), wire, stream, wantsUsage, headers };
}

function streamingCall(wantsUsage: boolean): RawCall {
  const wire = { model: 'suite-model', stream: true, stream_options: { include_usage: wantsUsage } };
  return { body: Buffer.from(JSON.stringify(wire)), wire, stream: true, wantsUsage, headers: {} };
}

/** The members of a JSON object's text but for `stream_options`, numbers kept as they were written. */
function withoutStreamOptions(text: string): string {
  const quoted = text.replaceAll(/(?<=[:[,]\s*)-?\d[\d.eE+-]*/g, (number) => JSON.stringify(`number ${number}`));
  const { stream_options: _, ...rest } = JSON.parse(quoted) as JsonObject;
  return JSON.stringify(Object.entries(rest).sort(([left], [right]) => left.localeCompare(right)));
}

function inspectTests(passthrough: Passthrough, fixture: FixtureCase): void {
  const body = Buffer.from(fixture.text('response.json').trim());
  const expected = fixture.json<Partial<ChatResult>>('result.json');

  it('finds model, finish and usage', () => {
    const { model, finish, usage } = passthrough.inspect(body, HEAD);
    expect({ model, finish, usage }).toEqual({
      // A vendor that names no model is one that nothing is known of.
      model: expected.model === '' ? undefined : expected.model,
      finish: settled(expected.finish),
      usage: expected.usage,
    });
  });

  it('refuses the answer cut at any byte', () => {
    expect(wrongCodesOfCuts(body, (cut) => passthrough.inspect(cut, HEAD))).toEqual([]);
  });
}

/** A finish as far as settling needs it: what only the vendor understands passes through as bytes. */
function settled(finish: Finish | undefined): Omit<Finish, 'opaque'> | undefined {
  if (!finish) return undefined;
  const { opaque: _, ...rest } = finish;
  return rest;
}

type OpenScanner = (wantsUsage: boolean) => StreamScanner;

/** What a scanner let through, read by read. */
function forward(scanner: StreamScanner, reads: readonly Uint8Array[]): readonly Uint8Array[] {
  const passed = reads.map((read) => Buffer.from(scanner.push(read)));
  return [...passed, scanner.end()].filter((bytes) => bytes.length > 0);
}

function scanTests(fixture: FixtureCase, open: OpenScanner, { dialect }: Through): void {
  const bytes = fixture.bytes('sse');
  const { model, finish: told, usage } = foldEvents(fixture.json<readonly ChatEvent[]>('events.json'));
  const finish = settled(told);
  const scanned = (reads: readonly Uint8Array[], scanner = open(true)) => {
    const passed = forward(scanner, reads);
    return { passed, text: Buffer.concat(passed).toString('latin1'), summary: scanner.summary() };
  };

  it('lets every byte through, whole frames only, however they come', () => {
    const whole = Buffer.from(bytes).toString('latin1');
    const wrong = [...everySplit(bytes)].filter((reads) => {
      const { passed, text } = scanned(reads);
      return text !== whole || !passed.every((part) => Buffer.from(part).toString('latin1').endsWith('\n\n'));
    });
    expect(wrong).toEqual([]);
  });

  it('finds model, finish and usage, however the bytes come', () => {
    const wrong = [...everySplit(bytes)].map((reads) => scanned(reads).summary);
    const seen = new Set(wrong.map((summary) => JSON.stringify([summary.model, summary.finish, summary.usage])));
    expect([...seen]).toEqual([JSON.stringify([model, finish, usage])]);
  });

  it('never takes a stream cut anywhere for a whole one', () => {
    const ends = Array.from({ length: bytes.length }, (_, end) => end);
    expect(ends.filter((end) => !cutShows(open(true), bytes.subarray(0, end), finish))).toEqual([]);
  });

  it('keeps a usage chunk from a caller that did not ask for it', () => {
    const usageOnly = (data: string) => ASKED_FOR_USAGE.has(dialect) && isUsageOnly(data);
    const wanted = readFrames([bytes]).filter(({ data }) => !usageOnly(data));
    const { passed, summary } = scanned([bytes], open(false));
    expect([readFrames(passed), summary.usage]).toEqual([wanted, usage]);
  });
}

function commitTest(fixture: FixtureCase, open: OpenScanner, { startsWith }: Through): void {
  it('commits to the answer by its end, and on its first frame only where that brings content', () => {
    const bytes = fixture.bytes('sse');
    const scanner = open(true);
    const first = bytes.subarray(0, fixture.text('sse').indexOf('\n\n') + 2);
    scanner.push(first);
    const early = scanner.committed;
    scanner.push(bytes.subarray(first.length));
    // A stream of one frame has its end in it, also where that is all it has to say.
    const says = first.length === bytes.length || startsWith(readFrames([first]), fixture);
    expect([early, scanner.committed, scanner.failure]).toEqual([says, true, undefined]);
  });
}

function isUsageOnly(data: string): boolean {
  if (data === '[DONE]') return false;
  const { choices, usage } = JSON.parse(data) as { readonly choices?: readonly unknown[]; readonly usage?: unknown };
  return choices?.length === 0 && usage !== undefined && usage !== null;
}

/** True where the scanner either reports the cut, or was right that the answer itself was complete. */
function cutShows(scanner: StreamScanner, bytes: Uint8Array, finish: unknown): boolean {
  try {
    scanner.push(bytes);
    scanner.end();
  } catch (error) {
    return isGatewayError(error, 'upstream_truncated');
  }
  return scanner.failure !== undefined || sameJson(scanner.summary().finish, finish);
}

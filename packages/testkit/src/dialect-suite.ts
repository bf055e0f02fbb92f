import type { CallAddress, ChatEvent, Dialect, ErrorCode, Frame, JsonObject, StreamWriter } from '@sluice/contract';
import { ERROR_TABLE, gatewayError, isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { deepFreeze, readFixtures, type FixtureCase } from './fixtures.js';
import { readFrames } from './provider-stream-tests.js';

export interface DialectSuiteOptions<Request, Result, Event> {
  readonly dialect: Dialect<Request, Result, Event>;
  /** The folder of recordings; the package's README says how its files are named. Ends in `/`. */
  readonly fixtures: URL;
  /** The operation whose cases count: `chat`, `embed`. */
  readonly operation: string;
  /** What requests say outside their bodies, where a case has no `address.json` of its own. */
  readonly address?: CallAddress;
  /** True for the frame that ends a stream in good order. Needed where the dialect streams. */
  readonly isTerminal?: (frame: Frame) => boolean;
}

const CONTEXT = {
  requestId: 'suite-request',
  answerId: 'suite-answer',
  createdSeconds: 1_767_225_600,
  wantsUsage: true,
} as const;
const MESSAGE = 'The suite says no.';
const NO_REQUESTS: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a list', []],
  ['a text', 'text'],
  ['a number', 7],
  ['an empty object', {}],
];

/** What every client dialect owes, as tests of its own: parsing, refusing, writing answers, streams and errors. */
export function dialectSuite<Request, Result, Event>(options: DialectSuiteOptions<Request, Result, Event>): void {
  const { dialect, fixtures, operation, address, isTerminal = () => false } = options;
  const cases = readFixtures(fixtures, operation);
  const having = (...kinds: readonly string[]) => cases.filter((one) => one.has(...kinds));
  describe(`the dialect ${dialect.id}`, () => {
    it('has a recorded request and a recorded answer', () => {
      expect([having('body.json', 'request.json').length > 0, having('result.json', 'answer.json').length > 0]).toEqual(
        [true, true],
      );
    });
    describe.for(having('body.json', 'request.json'))('parsing $name', (fixture) =>
      parseTests(dialect, fixture, addressOf(fixture, address)),
    );
    it.for(having('refused.json'))('refuses $name and names the parameter', (fixture) => {
      const { body, ...expected } = fixture.json<Refused>('refused.json');
      expect(refusalOf(() => dialect.parse(body, addressOf(fixture, address)))).toEqual(expected);
    });
    it.for(NO_REQUESTS)('refuses %s as a request', ([, body]) => {
      expect(refusalOf(() => dialect.parse(body, address)).code).toMatch(/^(missing_required_parameter|invalid_type)$/);
    });
    it.for(having('result.json', 'answer.json'))('writes the answer $name', (fixture) => {
      const written = dialect.writeResult(fixture.json('result.json'), CONTEXT);
      expect(typeof written === 'string' ? JSON.parse(written) : written).toEqual(fixture.json('answer.json'));
    });
    const { stream } = dialect;
    if (stream) {
      const open = () => stream.open(CONTEXT) as StreamWriter<unknown>;
      describe.for(having('events.json', 'sse'))('streaming $name', (one) => writerTests(one, open, isTerminal));
    }
    errorTests(dialect, isTerminal);
  });
}

interface Refused {
  readonly body: unknown;
  readonly code: ErrorCode;
  readonly param: string;
}

function refusalOf(parse: () => unknown): Omit<Refused, 'body'> {
  try {
    parse();
  } catch (error) {
    if (isGatewayError(error)) return { code: error.code, param: error.details.param ?? '' };
    throw new Error('What was thrown is no error of the table.', { cause: error });
  }
  throw new Error('It was accepted.');
}

/** `address.json`: the path's parts as `params`, the query as an object, headers. */
interface WrittenAddress {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

function addressOf(fixture: FixtureCase, otherwise: CallAddress | undefined): CallAddress | undefined {
  if (!fixture.has('address.json')) return otherwise;
  const { params = {}, query = {}, headers = {} } = fixture.json<WrittenAddress>('address.json');
  return { params, query: new URLSearchParams(query), headers };
}

function parseTests<Request, Result, Event>(
  dialect: Dialect<Request, Result, Event>,
  fixture: FixtureCase,
  address: CallAddress | undefined,
): void {
  const body = deepFreeze(fixture.json<JsonObject>('body.json'));

  it('gives the recorded request, the same each time', () => {
    const parsed = dialect.parse(body, address);
    const expected = fixture.json('request.json');
    expect([parsed.toRequest(), parsed.toRequest()]).toEqual([expected, expected]);
  });

  it('keeps model, stream and the body as the caller wrote them', () => {
    const { model, stream, wire } = dialect.parse(body, address);
    const written = address?.params?.['model'] ?? body['model'];
    expect({ model, wire }).toEqual({ model: written, wire: body });
    if (!address) expect(stream).toBe(body['stream'] === true);
  });
}

type IsTerminal = (frame: Frame) => boolean;

function writerTests(fixture: FixtureCase, open: () => StreamWriter<unknown>, isTerminal: IsTerminal): void {
  const events = fixture.json<readonly ChatEvent[]>('events.json');
  const write = (): string => {
    const writer = open();
    return events.map((event) => writer.write(event)).join('');
  };

  it('writes the recorded stream', () => {
    expect(comparable(readFrames([Buffer.from(write())]))).toEqual(comparable(readFrames([fixture.bytes('sse')])));
  });

  it('writes whole frames only', () => {
    const writer = open();
    const broken = events.map((event) => writer.write(event)).filter((text) => text !== '' && !text.endsWith('\n\n'));
    expect(broken).toEqual([]);
  });

  it('ends exactly once, with its last frame', () => {
    const frames = readFrames([Buffer.from(write())]);
    expect(frames.map(isTerminal).lastIndexOf(true)).toBe(frames.length - 1);
    expect(frames.filter(isTerminal)).toHaveLength(1);
  });

  it('does not end a stream that breaks off', () => {
    const writer = open();
    const text = events.slice(0, -1).map((event) => writer.write(event));
    expect(readFrames([Buffer.from(text.join(''))]).filter(isTerminal)).toEqual([]);
  });
}

/** Frames with their JSON parsed, so that the order of keys does not count. */
function comparable(frames: readonly Frame[]): readonly unknown[] {
  return frames.map(({ event, data }) => ({
    event,
    data: data.startsWith('{') ? (JSON.parse(data) as unknown) : data,
  }));
}

function errorTests(dialect: Dialect<unknown, unknown, unknown>, isTerminal: IsTerminal): void {
  it.for(Object.entries(ERROR_TABLE))('writes %s with the status of the table', ([code, { status }]) => {
    const written = dialect.writeError(gatewayError(code as ErrorCode, { message: MESSAGE }), CONTEXT);
    expect([written.status, written.headers['content-type'], written.body]).toEqual([
      status,
      'application/json; charset=utf-8',
      expect.stringContaining(MESSAGE),
    ]);
  });

  it('does not show what is inside an error', () => {
    const error = gatewayError('internal_error', {
      cause: new Error('suite-inside'),
      details: { provider: 'suite-inside' },
    });
    const shown = JSON.stringify(dialect.writeError(error, CONTEXT)) + dialect.writeStreamError(error, CONTEXT);
    expect(shown).not.toContain('suite-inside');
  });

  it("tells a provider's limit as a limit like any other", () => {
    const { body } = dialect.writeError(gatewayError('upstream_rate_limited'), CONTEXT);
    expect(body).not.toContain('upstream_rate_limited');
  });

  it('says how long to wait, in whole seconds and never none', () => {
    const error = gatewayError('rate_limit_exceeded', { details: { retryAfterMs: 1_200 } });
    expect(dialect.writeError(error, CONTEXT).headers['retry-after']).toBe('2');
  });

  if (dialect.stream) {
    it('reports a late failure in one frame that is no good end', () => {
      const text = dialect.writeStreamError(gatewayError('upstream_truncated', { message: MESSAGE }), CONTEXT);
      const frames = readFrames([Buffer.from(text)]);
      expect([frames.length, frames.some(isTerminal), text.includes(MESSAGE)]).toEqual([1, false, true]);
    });
  }
}

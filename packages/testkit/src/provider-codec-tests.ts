import type { Adjustment, JsonObject } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { HEAD, bodyText, formFields, targetOf, targetOfCase, type OperationUnderTest } from './suite-subject.js';
import { deepFreeze, type FixtureCase } from './fixtures.js';

/** What `encode` and `decode` of one operation owe. */
export function codecTests(subject: OperationUnderTest): void {
  const encodings = subject.cases.filter(
    (one) => one.has('request.json', 'upstream.json') || one.has('request.json', 'upstream.form.json'),
  );
  const answers = subject.cases.filter((one) => one.has('response.json', 'result.json'));

  it('has a recorded request and a recorded answer', () => {
    const { name, folder } = subject;
    const lacking = [
      ...(encodings.length > 0 ? [] : [`${name}-text.request.json and ${name}-text.upstream.json`]),
      ...(answers.length > 0 ? [] : [`${name}-text.response.json and ${name}-text.result.json`]),
    ];
    expect(lacking, `Record in ${folder}, by these or other words after "${name}-"`).toEqual([]);
  });
  describe.for(encodings)('encoding $name', (fixture) => encodeTests(subject, fixture));
  describe.for(answers)('decoding $name', (fixture) => decodeTests(subject, fixture));

  it.for(['', 'null', '[]', '{}', '"text"', '<html></html>', '{"error":{"message":"no"}}', '\u0000\uffff'])(
    'refuses %j as an answer',
    (text) => {
      const { code } = failureOf(() =>
        subject.operation.decode(Buffer.from(text), HEAD, targetOf(subject, 'suite-model')),
      );
      expect(code).toMatch(/^(upstream_|overloaded|context_length|content_policy)/);
    },
  );
}

function encodeTests(subject: OperationUnderTest, fixture: FixtureCase): void {
  const isForm = fixture.has('upstream.form.json');
  const request = deepFreeze(fixture.json('request.json'));
  const target = targetOfCase(subject, fixture);
  const encode = () => subject.operation.encode(request, target);

  it('gives the recorded body', async () => {
    const { request: sent } = encode();
    const body = isForm ? await formFields(sent) : (JSON.parse(bodyText(sent)) as JsonObject);
    const hint = `For the model "${target.model}", which ${fixture.name}.target.json or \`model\` of .upstream.json can name`;
    expect(body, hint).toEqual(fixture.json(isForm ? 'upstream.form.json' : 'upstream.json'));
  });

  it('lists exactly the parameters that it could not carry', () => {
    const adjustments = fixture.has('adjustments.json') ? fixture.json<readonly Adjustment[]>('adjustments.json') : [];
    expect(encode().adjustments).toEqual(adjustments);
  });

  it('gives the same bytes again, its argument untouched', () => {
    const before = JSON.stringify(request);
    expect([bodyText(encode().request), JSON.stringify(request)]).toEqual([bodyText(encode().request), before]);
  });

  it("stays within the target's address, or another that the provider has", () => {
    const { href } = encode().request.url;
    expect([target.baseUrl, ...subject.alsoAt].filter((base) => href.startsWith(base.href))).not.toEqual([]);
  });

  it('names its headers in lower case and says what it sends', () => {
    const { headers } = encode().request;
    expect([Object.keys(headers).filter((name) => name !== name.toLowerCase()), headers['content-type']]).toEqual([
      [],
      expect.stringMatching(isForm ? /^multipart\/form-data; boundary=/ : /^application\/json/),
    ]);
  });
}

function decodeTests(subject: OperationUnderTest, fixture: FixtureCase): void {
  const body = Buffer.from(fixture.text('response.json').trim());
  const target = targetOfCase(subject, fixture);
  const decode = (bytes: Uint8Array) => subject.operation.decode(bytes, HEAD, target);

  it('gives the recorded result', () => {
    expect(withPlainBytes(decode(body))).toEqual(fixture.json('result.json'));
  });

  it('reports usage', () => {
    const result = decode(body) as { readonly usage?: unknown };
    // A count of tokens is usage itself; judging content costs nothing; what is read aloud, the gateway counts.
    const isFree = 'verdicts' in result || 'audio' in result;
    const usage = result.usage ?? (isFree ? { inputTokens: 0 } : result);
    expect(usage).toMatchObject({ inputTokens: expect.any(Number) as number });
  });

  it('refuses the answer cut at any byte', () => {
    expect(wrongCodesOfCuts(body, decode)).toEqual([]);
  });
}

/** Sound as nothing but bytes: of which class the array is, is no part of a result. */
function withPlainBytes(result: unknown): unknown {
  if (!(result instanceof Object) || !('audio' in result) || !(result.audio instanceof Uint8Array)) return result;
  return { ...result, audio: Uint8Array.from(result.audio) };
}

/** The error of the table that `run` throws. Fails where it throws another, or none. */
export function failureOf(run: () => unknown): { readonly code: string } {
  try {
    run();
  } catch (error) {
    if (isGatewayError(error)) return error;
    throw new Error('What was thrown is no error of the table.', { cause: error });
  }
  throw new Error('It was accepted.');
}

/** What a reader of plain answers says of this one cut at any byte, apart from the two codes that it should. */
export function wrongCodesOfCuts(body: Uint8Array, read: (cut: Uint8Array) => unknown): readonly string[] {
  const cuts = Array.from(body, (_, end) => body.subarray(0, end));
  const codes = new Set(cuts.map((cut) => failureOf(() => read(cut)).code));
  return [...codes].filter((code) => code !== 'upstream_truncated' && code !== 'upstream_invalid_response');
}

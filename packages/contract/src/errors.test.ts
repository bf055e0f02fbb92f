import { describe, expect, it } from 'vitest';
import { ERROR_TABLE, errorRow, gatewayError, isGatewayError, toGatewayError } from './errors.js';
import type { ErrorCode } from './errors.js';

const codes = Object.keys(ERROR_TABLE) as ErrorCode[];

describe('the table of errors', () => {
  it.for(codes)('says of %s what it means in one sentence', (code) => {
    expect(errorRow(code).summary).toMatch(/^[A-Z].*\.$/);
  });

  it.for(codes)('gives %s a status that a failed request may have', (code) => {
    expect(errorRow(code).status).toBeGreaterThanOrEqual(400);
    expect(errorRow(code).status).toBeLessThan(600);
  });

  it('moves on only for failures that an operator can name, and for targets that can never answer', () => {
    const unnamed = codes.filter((code) => {
      const { retry, failureClass } = errorRow(code);
      return retry === 'next-target' && failureClass === undefined;
    });
    expect(unnamed).toEqual(['upstream_model_not_found', 'no_healthy_provider']);
  });

  it('shows callers a code of the table where it hides one, with the same status', () => {
    const hidden = codes.flatMap((code) => {
      const { shownAs, status } = errorRow(code);
      return shownAs === undefined ? [] : [[status, errorRow(shownAs as ErrorCode).status]];
    });
    expect(hidden).toEqual([
      [404, 404],
      [429, 429],
    ]);
  });

  it('keeps apart what the caller, the gateway and the provider did wrong', () => {
    const typesOf = (status: number): readonly string[] => [
      ...new Set(codes.filter((code) => errorRow(code).status === status).map((code) => errorRow(code).type)),
    ];
    expect([typesOf(400), typesOf(500), typesOf(502), typesOf(503), typesOf(504)]).toEqual([
      ['invalid_request_error'],
      ['server_error'],
      ['upstream_error'],
      ['overloaded_error'],
      ['upstream_error'],
    ]);
  });
});

describe('gatewayError', () => {
  it('says what the table says unless it is told better', () => {
    const said = [gatewayError('draining').message, gatewayError('draining', { message: 'Bye.' }).message];
    expect(said).toEqual([ERROR_TABLE.draining.summary, 'Bye.']);
  });

  it('keeps the cause and the details', () => {
    const cause = new Error('socket');
    const error = gatewayError('upstream_timeout', { cause, details: { provider: 'a' } });
    expect([error.cause, error.details, error.name]).toEqual([cause, { provider: 'a' }, 'GatewayError']);
  });

  it('has details and no cause of its own accord', () => {
    const error = gatewayError('overloaded');
    expect([error.details, 'cause' in error]).toEqual([{}, false]);
  });
});

describe('isGatewayError', () => {
  it('knows an error of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { code: 'draining', [Symbol.for('sluice.error')]: true });
    expect(isGatewayError(foreign, 'draining')).toBe(true);
  });

  it.for([null, undefined, 'draining', 1, {}, new Error('x'), { code: 'draining' }])('refuses %s', (value) => {
    expect(isGatewayError(value)).toBe(false);
  });

  it('asks for one code', () => {
    const error = gatewayError('draining');
    expect([isGatewayError(error), isGatewayError(error, 'overloaded')]).toEqual([true, false]);
  });
});

describe('toGatewayError', () => {
  it('leaves an error of the table as it is', () => {
    const error = gatewayError('draining');
    expect(toGatewayError(error)).toBe(error);
  });

  it.for([new TypeError('secret'), 'secret', undefined])('hides %s behind an internal error', (cause) => {
    const error = toGatewayError(cause);
    expect([error.code, error.cause, error.message.includes('secret')]).toEqual(['internal_error', cause, false]);
  });
});

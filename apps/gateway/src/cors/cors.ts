import { gatewayError } from '@sluice/contract';
import type { GatewayError, IncomingHeaders } from '@sluice/contract';
import type { PlainAnswer } from '@sluice/core';
import { EXPOSED_HEADERS, grantedHeaders } from './granted-headers.js';
import type { LiveCors } from './live-cors.js';

/** How long a browser may keep a grant; whether an origin may still call is decided for every call. */
const MAX_AGE_S = '600';
/** Endpoints of operators: no page of another origin has any business there. */
const OPERATORS = /^\/(?:admin|auth|console|docs|metrics|openapi\.json|health\/providers)(?:[/?]|$)/;

/** What the CORS protocol looks at. */
export interface CorsQuestion {
  readonly method: string;
  /** With the query or without. */
  readonly path: string;
  readonly headers: IncomingHeaders;
}

/** The CORS protocol of the gateway's edge. https://fetch.spec.whatwg.org/#http-cors-protocol */
export interface Cors {
  /** What is answered in place of the endpoint: a grant for a preflight, or a refusal. Nothing for all other calls. */
  intercept(question: CorsQuestion): PlainAnswer | GatewayError | undefined;
  /** What every answer carries, also one that says no; nothing where there is no policy. */
  headers(question: CorsQuestion): Readonly<Record<string, string>> | undefined;
}

export function createCors(live: LiveCors): Cors {
  return {
    intercept(question) {
      const { headers, method } = question;
      const origin = originOf(headers);
      if (origin === undefined) return undefined;
      const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
      const policy = live.policy();
      const isAllowed = policy?.allows(origin) === true && !OPERATORS.test(question.path);
      if (isPreflight) return isAllowed ? grant(headers) : originNotAllowed();
      return !policy || isAllowed || isSameOrigin(origin, headers) ? undefined : originNotAllowed();
    },
    headers({ headers, method, path }) {
      const origin = originOf(headers);
      if (origin === undefined && !live.isOn) return undefined;
      const policy = live.policy();
      if (!policy) return undefined;
      if (origin === undefined || OPERATORS.test(path) || !policy.allows(origin)) return VARY;
      return {
        ...VARY,
        'access-control-allow-origin': origin,
        ...(policy.credentials ? { 'access-control-allow-credentials': 'true' } : {}),
        ...(method === 'OPTIONS' ? {} : { 'access-control-expose-headers': EXPOSED_HEADERS }),
      };
    },
  };
}

const VARY = { vary: 'Origin' } as const;

/** As it came: two of them are one text that no list has. */
function originOf({ origin }: IncomingHeaders): string | undefined {
  return typeof origin === 'object' ? origin.join(', ') : origin;
}

/** A page that the gateway itself served, as browsers mark its calls too. */
function isSameOrigin(origin: string, { host }: IncomingHeaders): boolean {
  return typeof host === 'string' && (origin === `https://${host}` || origin === `http://${host}`);
}

function grant(headers: IncomingHeaders): PlainAnswer {
  const asked = headers['access-control-request-headers'];
  return {
    kind: 'plain',
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': grantedHeaders(typeof asked === 'object' ? asked.join(',') : asked),
      'access-control-max-age': MAX_AGE_S,
    },
    body: '',
  };
}

function originNotAllowed(): GatewayError {
  return gatewayError('origin_not_allowed', { message: 'Pages of this origin may not call this gateway.' });
}

import { RequestFault, refuse, type Fault, type FaultKind } from '../../steps.js';
import { TEST_CREDENTIALS, bearerOf } from '../../credentials.js';
import { checkSignature } from './sigv4.js';
import { ANY, findChosen, type ChosenModel } from '../../models.js';
import type { Asked, Vendor } from '../wire.js';
import type { Strictness } from '../../world.js';
import type { Flaw, Path } from '../../shape/shape.js';

const EXCEPTIONS: Readonly<Record<FaultKind, string>> = {
  invalid: 'ValidationException',
  authentication: 'UnrecognizedClientException',
  billing: 'AccessDeniedException',
  permission: 'AccessDeniedException',
  'not-found': 'ResourceNotFoundException',
  'model-not-found': 'ResourceNotFoundException',
  timeout: 'ModelTimeoutException',
  conflict: 'ConflictException',
  'too-large': 'ValidationException',
  'rate-limit': 'ThrottlingException',
  quota: 'ServiceQuotaExceededException',
  'context-length': 'ValidationException',
  'content-policy': 'ValidationException',
  server: 'InternalServerException',
  overloaded: 'ServiceUnavailableException',
};

/**
 * The runtime's errors. Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (Errors);
 * npm @aws-sdk/client-bedrock-runtime 3.1164.0, models/errors.d.ts and schemas/schemas_0.js (status of each).
 */
export const BEDROCK: Vendor = {
  name: 'bedrock',
  requestIdHeader: 'x-amzn-requestid',
  cacheRule: 'marked',
  admit,
  fault: ({ message }) => ({ message }),
  // The service says more than the name; clients cut it off at the colon.
  faultHeaders: (fault) => ({
    'x-amzn-errortype': `${exceptionOf(fault)}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  }),
};

export function exceptionOf({ kind, status, code }: Fault): string {
  if (code !== undefined) return code;
  return status === 424 ? 'ModelErrorException' : EXCEPTIONS[kind];
}

function admit(asked: Asked): void {
  const { authorization } = asked.headers;
  const bearer = bearerOf(authorization);
  const isOurs = authorization?.includes(TEST_CREDENTIALS.bedrock.accessKeyId) === true;
  // Who uses the test credentials wants them checked.
  if (!asked.world.checkKeys && !isOurs) return;
  if (authorization === undefined) deny('MissingAuthenticationTokenException', 'Missing Authentication Token');
  if (bearer !== undefined) {
    if (bearer !== TEST_CREDENTIALS.bedrock.apiKey)
      deny('AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.');
    return;
  }
  const fault = checkSignature(asked, Date.now());
  if (fault) deny(fault.code, fault.message);
}

function deny(code: string, message: string): never {
  throw new RequestFault({ kind: 'authentication', status: 403, message, code });
}

/** The model that a path names: an id, one of a region's or the whole world's, or an ARN. */
export function chooseBedrockModel(id: string, { anyModel }: Partial<Strictness> = {}): ChosenModel {
  const [own = ''] = id.split('/').slice(-1);
  const base = own.replace(/^(us|us-gov|eu|apac|jp|au|ca|global)\./, '');
  return findChosen('bedrock', base) ?? (anyModel ? ANY : refuse('The provided model identifier is invalid.'));
}

/** Throws the vendor's 400 for a flaw. */
export function refuseFlaw(flaw: Flaw): never {
  const place = toPlace(flaw.path);
  if (flaw.kind === 'type') {
    throw new RequestFault({ kind: 'invalid', status: 400, message: mistyped(flaw), code: 'SerializationException' });
  }
  const told =
    flaw.kind === 'missing' ? 'null' : `'${typeof flaw.value === 'string' ? flaw.value : JSON.stringify(flaw.value)}'`;
  refuse(
    `1 validation error detected: Value ${told} at '${place}' failed to satisfy constraint: Member must ${toConstraint(flaw)}`,
  );
}

/** `messages.1.member.content`: places are counted from one. */
function toPlace(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? `${step + 1}.member` : step)).join('.');
}

function toConstraint({ kind, allowed = [], min, max, value, expected }: Flaw): string {
  switch (kind) {
    case 'missing':
    case 'unknown':
    case 'type':
      return 'not be null';
    case 'value':
      return `satisfy enum value set: [${allowed.join(', ')}]`;
    case 'range':
      return typeof value === 'number' && value < (min ?? -Infinity)
        ? `have value greater than or equal to ${min}`
        : `have value less than or equal to ${max}`;
    case 'length':
      return `have length ${expected === 'array' || (value as string).length < (min ?? 0) ? `greater than or equal to ${min}` : `less than or equal to ${max}`}`;
  }
}

const JAVA: Readonly<Record<string, string>> = {
  string: 'String',
  integer: 'Integer',
  number: 'Float',
  boolean: 'Boolean',
};

function mistyped({ expected, value }: Flaw): string {
  const given = Array.isArray(value)
    ? 'START_ARRAY'
    : value !== null && typeof value === 'object'
      ? 'START_OBJECT'
      : `${typeof value === 'string' ? 'STRING' : typeof value === 'number' ? 'NUMBER' : 'TRUE'}_VALUE`;
  const wanted = JAVA[expected];
  return wanted
    ? `${given} can not be converted to ${wanted === 'Integer' ? 'an' : 'a'} ${wanted}`
    : 'Unexpected token';
}

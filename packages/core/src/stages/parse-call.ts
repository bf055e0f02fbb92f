import type {
  Adjustment,
  CallAddress,
  Dialect,
  IncomingHeaders,
  JsonObject,
  ParsedCall,
  RawCall,
} from '@sluice/contract';
import { wholeBody } from '../parse-body.js';
import type { CallBody } from '../parse-body.js';

type Parser<Request> = Pick<Dialect<Request, never, never>, 'parse'>;

/**
 * A call as its dialect understands it. Of a body whose long strings are unread the dialect checks everything else; they
 * are read when somebody asks for what the call says, which nobody does where its bytes are handed on. Throws what the
 * dialect throws.
 */
export function parseCallOf<Request>(
  dialect: Parser<Request>,
  body: CallBody,
  address: CallAddress,
): ParsedCall<Request> {
  if (!body.whole) return dialect.parse(body.wire, address);
  const partly = tryParse(dialect, body, address);
  // What is wrong, and whether anything is, the whole body says: the fault may be that a string is not read yet.
  if (!partly) return dialect.parse(wholeBody(body).wire, address);
  return new PartlyReadCall(partly, () => dialect.parse(wholeBody(body).wire, address));
}

/** A class, as getters of its own would give each call a shape of its own in V8. */
class PartlyReadCall<Request> implements ParsedCall<Request> {
  readonly model: string;
  readonly stream: boolean;
  readonly wantsUsage: boolean;
  readonly features: ParsedCall<Request>['features'];
  readonly passes?: false;
  readonly streamType?: string;
  readonly characters?: number;
  readonly #read: () => ParsedCall<Request>;
  #whole: ParsedCall<Request> | undefined;

  constructor(partly: ParsedCall<Request>, read: () => ParsedCall<Request>) {
    this.model = partly.model;
    this.stream = partly.stream;
    this.wantsUsage = partly.wantsUsage;
    this.features = partly.features;
    if (partly.passes === false) this.passes = false;
    if (partly.streamType !== undefined) this.streamType = partly.streamType;
    if (partly.characters !== undefined) this.characters = partly.characters;
    this.#read = read;
  }

  get wire(): JsonObject {
    return this.#all.wire;
  }

  get adjustments(): readonly Adjustment[] {
    return this.#all.adjustments ?? [];
  }

  toRequest(): Request {
    return this.#all.toRequest();
  }

  get #all(): ParsedCall<Request> {
    return (this.#whole ??= this.#read());
  }
}

function tryParse<Request>(
  dialect: Parser<Request>,
  { wire }: CallBody,
  address: CallAddress,
): ParsedCall<Request> | undefined {
  try {
    return dialect.parse(wire, address);
  } catch {
    return undefined;
  }
}

/** A parsed call with its bytes, for a target that takes them. */
export function toRawCall<Request>(body: CallBody, parsed: ParsedCall<Request>, headers: IncomingHeaders): RawCall {
  const { stream, wantsUsage } = parsed;
  if (body.whole) return new PartlyReadRaw(body, parsed, headers);
  const place = body.modelAt ? { modelAt: body.modelAt } : {};
  return { body: body.body, ...place, wire: parsed.wire, stream, wantsUsage, headers };
}

class PartlyReadRaw implements RawCall {
  readonly body: Uint8Array;
  readonly modelAt?: NonNullable<RawCall['modelAt']>;
  readonly stream: boolean;
  readonly wantsUsage: boolean;
  readonly headers: IncomingHeaders;
  readonly #parsed: Pick<ParsedCall<unknown>, 'wire'>;

  constructor({ body, modelAt }: CallBody, parsed: ParsedCall<unknown>, headers: IncomingHeaders) {
    this.body = body;
    if (modelAt) this.modelAt = modelAt;
    this.stream = parsed.stream;
    this.wantsUsage = parsed.wantsUsage;
    this.headers = headers;
    this.#parsed = parsed;
  }

  get wire(): JsonObject {
    return this.#parsed.wire;
  }
}

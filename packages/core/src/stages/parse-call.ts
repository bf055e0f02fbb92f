import type { Adjustment, CallAddress, Dialect, JsonObject, ParsedCall } from '@sluice/contract';
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
  // So does how many characters there are, which is what is paid for.
  if (!partly || partly.characters !== undefined) return dialect.parse(wholeBody(body).wire, address);
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
  readonly #read: () => ParsedCall<Request>;
  #whole: ParsedCall<Request> | undefined;

  constructor(partly: ParsedCall<Request>, read: () => ParsedCall<Request>) {
    this.model = partly.model;
    this.stream = partly.stream;
    this.wantsUsage = partly.wantsUsage;
    this.features = partly.features;
    if (partly.passes === false) this.passes = false;
    if (partly.streamType !== undefined) this.streamType = partly.streamType;
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

/** What a scenario asks, in no client's words. */
export interface Asked {
  readonly model: string;
  readonly text: string;
  /** Asks for a stream, and puts it together as the client does. */
  readonly streaming: boolean;
  /** With {@link IMAGE}. */
  readonly image?: boolean;
  /** Offers {@link TOOLS}. */
  readonly tools?: 'free' | 'required';
  readonly reasoning?: boolean;
  /** Wants JSON by {@link CITY}. */
  readonly json?: boolean;
}

/** What came back, as the client shows it. */
export interface Said {
  readonly text: string;
  /** Empty where the client has no place for it. */
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  /** Sends what was said back, with a result for each call, in their order. */
  reply(results: readonly string[]): Promise<Said>;
}

/** An unmodified client of somebody's API, with one key of the gateway. */
export interface Client {
  ask(asked: Asked): Promise<Said>;
  close?(): void;
}

/** A client as users install it. */
export interface ClientKind {
  readonly name: string;
  readonly api?: 'responses';
  /** Whether it shows its users how the model reasoned. */
  readonly showsReasoning: boolean;
  /** Whether it sends back what a vendor needs to know its own reasoning again. */
  readonly carriesProof: boolean;
  /** The class of what it raises for these statuses. */
  readonly errors: Readonly<Record<400 | 401 | 404, string>>;
  connect(url: string, key: string): Client;
}

export const CITY = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};

export const TOOLS = [
  { name: 'get_weather', description: 'The weather of a city.', schema: CITY },
  { name: 'get_time', description: 'The time of day in a city.', schema: CITY },
] as const;

/** A PNG of one pixel. */
export const IMAGE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

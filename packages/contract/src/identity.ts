import type { BudgetTerms, LimitRules } from './admission.js';

/** What a caller may do; the table of `@sluice/auth` says what each of them stands for. */
export type Role = 'owner' | 'admin' | 'operator' | 'viewer' | 'caller';

/** Who is calling. */
export interface Principal {
  /** `admin` is the operator of the gateway, who stands above all organisations. */
  readonly kind: 'key' | 'token' | 'admin';
  readonly role: Role;
  /** A second role, where neither may all that the other may: then only what both may is allowed. Absent = none. */
  readonly bound?: Role;
  /** Id of the key's row; `admin` for the admin key and the in-process operator; of a token, a name for its subject. */
  readonly keyId: string;
  readonly keyName: string;
  /** Id of the organisation; `default` where there is none. */
  readonly tenant: string;
  readonly team?: string;
  readonly user?: string;
  /** Model names the key may ask for, as the caller writes them; `*` at the end stands for any rest. Absent = all. */
  readonly models?: readonly string[];
  /** Endpoints it may call, by their paths; `*` at the end stands for any rest. Absent = all. */
  readonly routes?: readonly string[];
  /** Tools that its requests may offer to models, by name; `*` at the end stands for any rest. Absent = all. */
  readonly tools?: readonly string[];
  /** Addresses and networks (`10.0.0.0/8`) that it may be used from. Absent = all. */
  readonly ips?: readonly string[];
  readonly limits: LimitRules;
  /** The budget that the key was given: its name in the file, or one of its own. Absent = the one called `default`. */
  readonly budget?: string | BudgetTerms;
}
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Where a caller comes from: its socket. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
  /**
   * Set where the address is that of a proxy, and whom it asks for cannot be told: good for counting, and for nothing that is
   * allowed by address.
   */
  readonly isUncertain?: boolean;
}
/** What is known of a caller before anybody has asked who it is. */
export interface Stranger {
  readonly headers: IncomingHeaders;
  /** Absent inside a process. */
  readonly peer?: Peer;
}

export interface Authenticator {
  /** Who it is that asks a model. Rejects with a 401 or 403 of the table, or a 429 for an address that guesses. */
  authenticate(caller: Stranger, signal: AbortSignal): Promise<Principal>;
}

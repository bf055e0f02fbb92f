import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyAdmin } from '@sluice/auth';
import type { GatewayError, Principal } from '@sluice/contract';
import type { IdentitySecrets } from './compose/identity.js';
import type { LoadAgain, Reloads } from './compose/reloads.js';
import type { SocketNotes } from './compose/socket-notes.js';
import type { Config } from './config/schema.js';
import type { SecretPlace } from './config/secrets.js';
import type { WatchDeps } from './config/watch-file.js';
import type { SharedDirectory } from './directory/shared-directory.js';

export interface ComposeOptions extends SecretPlace {
  readonly config: Config;
  readonly state: GatewayState;
  /** Where log lines go; standard output unless given. */
  readonly logFd?: number;
  /** Where the configuration came from and may change; absent where a program gave it. */
  readonly source?: ConfigSource;
}

/** A configuration that can be read again. */
export interface ConfigSource {
  readonly load: LoadAgain;
  /** Tells of changes until the function that it returns is called. */
  watch(deps: WatchDeps): () => void;
}

/** Where state is kept, and what opens it. */
export interface GatewayState extends IdentitySecrets {
  readonly databasePath: string;
  /** What all machines share; the gateway closes it. Absent: the data directory's own database has it all. */
  readonly shared?: SharedDirectory;
}

/** A gateway that has no socket of its own. */
export interface ComposedGateway extends SocketNotes {
  readonly keys: KeyAdmin;
  /** Resolves when no call is under way any more, whether somebody waits for it or not. */
  empty(): Promise<void>;
  /** Ends every call that is under way with `reason`. */
  dismiss(reason: GatewayError): void;
  /** How its configuration changes. */
  readonly reloads: Reloads;
  /** The configuration that serves at the moment. */
  readonly config: Config;
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** Without `principal` the request must bring a key. */
  answer(request: Request, principal?: Principal): Promise<Response>;
  /**
   * Not ready from now on, and connections close with their answer. Resolves when new calls are refused: a gateway that
   * was used of late serves on for a second, so that whoever watches its readiness sees it.
   */
  drain(): Promise<void>;
  /** Connections close with their answer from now on; all that comes is served. */
  leave(): void;
  /**
   * Takes note of an error that nothing has caught. Called in its own asynchronous context, as Node calls who listens for
   * such errors, it ends the request in whose course the error came with `internal_error`.
   */
  confine(cause: unknown): void;
  /** Whether new connections are better not taken: the heap is all but full. */
  refusesConnections(): boolean;
  /** Rejects, in words for people, where a store that it shares with others is not there in time. */
  reached(withinMs: number): Promise<void>;
  /** Everything is refused from now on. */
  stop(): void;
  /**
   * Releases everything and writes what is pending. The caller has stopped the gateway and seen to it that nothing is in
   * flight. What cannot be released is reported and does not keep the rest; never rejects.
   */
  close(): Promise<void>;
}

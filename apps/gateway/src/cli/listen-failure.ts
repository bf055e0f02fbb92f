const LISTEN_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use; choose another with --port',
  EACCES: 'this user may not listen there',
  EADDRNOTAVAIL: 'it is no address of this machine',
  ENOTFOUND: 'the host name is not known',
};

/** A socket's error in words for people, naming the address; any other error as it is. */
export function explainListenFailure(
  cause: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = LISTEN_FAILURES[code];
  return reason === undefined ? cause : new Error(`Cannot listen on ${host} port ${port}: ${reason}.`, { cause });
}

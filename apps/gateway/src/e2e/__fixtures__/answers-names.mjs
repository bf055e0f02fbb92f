// Loaded before the gateway, in place of the system's resolver: `nobody.test` does not exist, `empty.test` has no address,
// and `moves.test` is somewhere else the first time, and on this machine from then on.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const ask = dns.lookup;
let asked = 0;

dns.lookup = (name, options, callback) => {
  const answer = (...addresses) => callback(null, addresses.map((address) => ({ address, family: 4 })));
  if (name === 'nobody.test') callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
  else if (name === 'empty.test') answer();
  else if (name === 'moves.test') answer((asked += 1) === 1 ? '192.0.2.1' : '127.0.0.1');
  else ask(name, options, callback);
};
syncBuiltinESMExports();

// The floor that every ratio is measured against: node:http in front, undici's `pool.stream` behind, and nothing else.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const HOP_BY_HOP = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade']);
const upstream = new Pool(process.argv[2], { connections: 256, headersTimeout: 0, bodyTimeout: 0 });

function requestHeaders(raw) {
  const kept = [];
  for (let i = 0; i < raw.length; i += 2) {
    if (!HOP_BY_HOP.has(raw[i].toLowerCase())) kept.push(raw[i], raw[i + 1]);
  }
  return kept;
}

function responseHeaders(headers) {
  const kept = {};
  for (const name in headers) if (!HOP_BY_HOP.has(name)) kept[name] = headers[name];
  return kept;
}

const server = createServer((req, res) => {
  upstream.stream(
    { path: req.url, method: req.method, headers: requestHeaders(req.rawHeaders), body: req },
    ({ statusCode, headers }) => res.writeHead(statusCode, responseHeaders(headers)),
    (error) => {
      if (!error) return;
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    },
  );
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});

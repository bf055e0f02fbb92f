// A provider in a process of its own, which can be killed. It speaks the chat API of OpenAI: a plain answer at once, a
// stream of `tokens` pieces, one every `everyMs`, the first after `firstMs`; the prompt says how many: `tokens=40`.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const numberIn = (text, name, otherwise) => Number(new RegExp(`${name}=(\\d+)`).exec(text)?.[1] ?? otherwise);
const chunk = (delta, finish = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

async function stream(res, text) {
  await sleep(numberIn(text, 'firstMs', 0));
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let sent = 0; sent < numberIn(text, 'tokens', 1) && !res.destroyed; sent += 1) {
    res.write(chunk({ content: `${sent} ` }));
    await sleep(numberIn(text, 'everyMs', 1));
  }
  res.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
}

function plain(res) {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }];
  res.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
}

const server = createServer((req, res) => {
  let text = '';
  req.setEncoding('utf8');
  req.on('data', (piece) => (text += piece));
  req.on('end', () => {
    if (text.includes('"stream":true')) return void stream(res, text);
    res.setHeader('content-type', 'application/json');
    if (req.method === 'GET') res.end('{"data":[]}');
    else plain(res);
  });
});
const [port = '0', backlog = '511'] = process.argv.slice(2);
server.listen({ port: Number(port), host: '127.0.0.1', backlog: Number(backlog) }, () =>
  process.stdout.write(`${server.address().port}\n`),
);

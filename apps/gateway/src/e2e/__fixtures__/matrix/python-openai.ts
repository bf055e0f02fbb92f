import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type OpenAI from 'openai';
import type { ClientKind } from './client.js';
import { installed } from './installed.js';
import type { Unavailable } from './installed.js';
import { OPENAI_ERRORS, askChat } from './openai-chat.js';
import type { ChatSender } from './openai-chat.js';

const VERSION = '3.57.0';
const SCRIPT = fileURLToPath(new URL('python_openai.py', import.meta.url));

interface Answer {
  readonly message?: OpenAI.ChatCompletionMessage;
  readonly error?: { readonly name: string; readonly status: number | null; readonly message: string };
}

/** OpenAI's client for Python, in an environment of its own. */
export function pythonOpenAi(): ClientKind | Unavailable {
  const environment = installed(`python-openai-${VERSION}`, (folder) => [
    ['python3', '-m', 'venv', folder],
    [join(folder, 'bin/python'), '-m', 'pip', 'install', '-q', '--disable-pip-version-check', `openai==${VERSION}`],
  ]);
  if ('skipped' in environment) return environment;
  const python = join(environment.folder, 'bin/python');
  return {
    name: 'openai for Python',
    showsReasoning: true,
    carriesProof: true,
    errors: OPENAI_ERRORS,
    connect(url, key) {
      const { send, close } = startPython([python, `${url}/v1`, key]);
      return { ask: (asked) => askChat(send, asked), close };
    },
  };
}

/** One process for all calls of a client, which it makes one after another. */
function startPython([python, url, key]: readonly [string, string, string]): { send: ChatSender; close: () => void } {
  const child = spawn(python, [SCRIPT, url, key], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async send(body, streaming) {
      child.stdin.write(`${JSON.stringify({ body, streaming })}\n`);
      const { value: line } = (await lines.next()) as { value: string };
      const { message, error } = JSON.parse(line) as Answer;
      if (message) return message;
      throw Object.assign(new Error(error?.message), error);
    },
    close: () => child.stdin.end(),
  };
}

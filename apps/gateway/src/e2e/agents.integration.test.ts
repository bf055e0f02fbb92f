import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installed, reasonOf } from './__fixtures__/matrix/installed.js';
import { startStandIn } from './__fixtures__/matrix/stand-in.js';
import type { StandIn } from './__fixtures__/matrix/stand-in.js';

const TASK = 'Create hello.txt with the content hi.';
const DONE = 'The file hello.txt says hi.';

/** A coding agent that npm installs: too large to be a dependency. */
interface Agent {
  readonly name: string;
  readonly npm: string;
  /** Its JavaScript, below `node_modules`. */
  readonly bin: string;
  /** How it changes files: the tool, and what it is to do. */
  readonly call: { readonly name: string; readonly arguments: Record<string, unknown> };
  /** Whose model it works with; one of another vendor than its own. */
  readonly model: string;
  readonly route: string;
  /** Writes what its user would have under `~`. */
  configure(home: string, gatewayUrl: string): void;
  readonly args: readonly string[];
  environment(gatewayUrl: string, key: string): NodeJS.ProcessEnv;
}

function writeInto(folder: string, file: string, content: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), content);
}

const codex: Agent = {
  name: 'Codex CLI',
  npm: '@openai/codex@0.169.0',
  bin: '.bin/codex',
  call: { name: 'exec_command|shell_command', arguments: { cmd: 'printf hi > hello.txt' } },
  model: 'anthropic/claude-sonnet-4-5',
  route: '/v1/responses',
  configure(home, url) {
    const config = [
      `model = "${this.model}"`,
      'model_provider = "sluice"',
      'approval_policy = "never"',
      '[model_providers.sluice]',
      'name = "Sluice"',
      `base_url = "${url}/v1"`,
      'env_key = "SLUICE_KEY"',
      'wire_api = "responses"',
    ];
    writeInto(join(home, '.codex'), 'config.toml', config.join('\n'));
  },
  args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', TASK],
  environment: (_, key) => ({ SLUICE_KEY: key }),
};

const gemini: Agent = {
  name: 'Gemini CLI',
  npm: '@google/gemini-cli@0.61.0',
  bin: '.bin/gemini',
  call: { name: 'write_file', arguments: { file_path: 'hello.txt', content: 'hi' } },
  model: 'openai/gpt-4.1',
  route: '/v1beta/models/{model}:streamGenerateContent',
  // Version 0.61.0 takes GOOGLE_GEMINI_BASE_URL for a way to log in, which it then does not know, unless one is chosen.
  configure(home) {
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
    };
    writeInto(join(home, '.gemini'), 'settings.json', JSON.stringify(settings));
  },
  args: ['-m', 'openai/gpt-4.1', '-p', TASK, '--yolo'],
  environment: (url, key) => ({
    GEMINI_API_KEY: key,
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }),
};

const claude: Agent = {
  name: 'Claude Code',
  npm: '@anthropic-ai/claude-code@2.1.332',
  // The program that `.bin` names is put in its place by a script of the package, and no scripts run here.
  bin: '@anthropic-ai/claude-code/cli-wrapper.cjs',
  call: { name: 'Bash', arguments: { command: 'printf hi > hello.txt', description: 'Write the file' } },
  model: 'openai/gpt-4.1',
  route: '/v1/messages',
  configure() {},
  args: ['-p', TASK, '--model', 'openai/gpt-4.1', '--allowedTools', 'Bash'],
  environment: (url, key) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_SMALL_FAST_MODEL: 'openai/gpt-4.1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }),
};

const AGENTS = [codex, gemini, claude].map((agent) => {
  const program = installed(agent.npm.replace('/', '-'), (folder) => [
    ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, agent.npm],
  ]);
  return { agent, program, title: agent.name + reasonOf(program) };
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-agent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}

interface Run {
  readonly said: string;
  readonly complained: string;
  readonly code: number | null;
  readonly folder: string;
}

/** Lets the agent do its task in an empty folder, with a home of its own. */
async function run(agent: Agent, program: string, { gateway }: StandIn): Promise<Run> {
  const [home, folder] = [temporary(), temporary()];
  agent.configure(home, gateway.url);
  const child = spawn(process.execPath, [join(program, 'node_modules', agent.bin), ...agent.args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home, ...agent.environment(gateway.url, gateway.key) },
    timeout: 50_000,
  });
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { said, complained, code: child.exitCode, folder };
}

describe.for(AGENTS)('$title', ({ agent, program }) => {
  it.skipIf('skipped' in program)('does a task with a model of another vendor', async () => {
    await using standIn = await startStandIn();
    standIn.simulator.setScripts({
      task: { models: ['*'], turns: [{ text: 'I write it.', calls: [agent.call] }, { text: DONE }] },
    });
    const { said, complained, code, folder } = await run(agent, 'folder' in program ? program.folder : '', standIn);
    expect({ said, complained, code }).toMatchObject({ code: 0, said: expect.stringContaining(DONE) as string });
    expect(readFileSync(join(folder, 'hello.txt'), 'utf8')).toBe('hi');
    const rows = (await standIn.gateway.rows()).map(({ route, provider, model, status }) => ({
      route,
      provider,
      model,
      status,
    }));
    const [provider, model] = agent.model.split('/');
    const row = { route: agent.route, provider, model, status: 200 };
    expect(rows).toEqual([row, row]);
  });
});

import { gatewayError } from '@sluice/contract';
import type { JsonObject, Principal } from '@sluice/contract';
import { isJsonObject, matchesWildcard, toText } from '@sluice/toolkit';

/** What a tool is called that a body offers, and where it stands there. */
interface OfferedTool {
  readonly name: string;
  readonly param: string;
}

/** Throws `route_not_allowed` where a body, in whichever dialect, offers a tool that the caller's list does not have. */
export function assertTools({ tools: allowed }: Pick<Principal, 'tools'>, wire: unknown): void {
  if (allowed === undefined || !isJsonObject(wire)) return;
  for (const { name, param } of offeredTools(wire)) {
    if (allowed.some((pattern) => matchesWildcard(pattern, name))) continue;
    throw gatewayError('route_not_allowed', {
      message: `This key may not use the tool "${name}".`,
      details: { param },
    });
  }
}

/** Of OpenAI's and Anthropic's bodies the tools, of Gemini's the functions in them, and what works like a tool. */
function offeredTools(wire: JsonObject): readonly OfferedTool[] {
  const { tools, functions, mcp_servers: servers, web_search_options: search, plugins } = wire;
  return [
    ...itemsOf(tools, 'tools').flatMap(([tool, param]) => namesOf(tool).map((name) => ({ name, param }))),
    ...itemsOf(functions, 'functions').map(([one, param]) => ({ name: toText(one['name']), param })),
    ...itemsOf(servers, 'mcp_servers').map(([, param]) => ({ name: 'mcp', param })),
    ...itemsOf(plugins, 'plugins').map(([one, param]) => ({ name: toText(one['id']), param })),
    ...(isJsonObject(search) ? [{ name: 'web_search', param: 'web_search_options' }] : []),
  ];
}

function itemsOf(list: unknown, param: string): readonly (readonly [JsonObject, string])[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown, index) => [isJsonObject(item) ? item : {}, `${param}[${index}]`] as const);
}

/** A tool that the caller runs itself goes by its name; one that the vendor runs by its type, whatever name it is given. */
function namesOf(tool: JsonObject): readonly string[] {
  const { type, name, function: declared, custom } = tool;
  if (isJsonObject(declared)) return [toText(declared['name'])];
  if (isJsonObject(custom)) return [toText(custom['name'])];
  if (type === undefined && name === undefined) return geminiNames(tool);
  return [type === undefined || type === 'function' || type === 'custom' ? toText(name) : toText(type)];
}

function geminiNames(tool: JsonObject): readonly string[] {
  return Object.entries(tool).flatMap(([kind, value]) =>
    kind === 'functionDeclarations' || kind === 'function_declarations'
      ? itemsOf(value, kind).map(([one]) => toText(one['name']))
      : [kind],
  );
}

/** What is no text matches no pattern but `*`. */

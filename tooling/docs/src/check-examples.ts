import { dirname, join } from 'node:path';
import ts from 'typescript';

export interface Example {
  /** The page, from the root of the repository. */
  readonly page: string;
  /** The line of the page on which its block begins. */
  readonly line: number;
  readonly code: string;
}

/** Names and neighbours that an example takes for granted; whatever it does with them is right. */
const TAKEN_FOR_GRANTED = new Set([
  2304, // Cannot find name.
  2552, // Cannot find name; did you mean another?
  18004, // No value exists in scope for the shorthand property.
]);

/** The blocks of TypeScript of a page. */
export function examplesOf(page: string, text: string): readonly Example[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    code: match[1] ?? '',
  }));
}

/**
 * What the compiler has against examples, one line each, as if each stood in a file of the package in `folder`, under the
 * settings of `config`. A name that an example does not declare may be anything.
 */
export function checkExamples(examples: readonly Example[], folder: string, config: string): readonly string[] {
  const { config: raw } = ts.readConfigFile(config, (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...raw, include: [], files: [] }, ts.sys, dirname(config));
  const files = new Map(examples.map((example, index) => [join(folder, `example-${index}.ts`), example]));
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, language, ...rest) => {
    const example = files.get(path);
    if (!example) return getSourceFile(path, language, ...rest);
    return ts.createSourceFile(path, `${example.code}\nexport {};\n`, language);
  };
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true }, host);
  return [...files].flatMap(([path, example]) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .filter((fault) => !isGranted(fault))
      .map((fault) => describe(fault, example));
  });
}

function isGranted({ code, messageText }: ts.Diagnostic): boolean {
  if (TAKEN_FOR_GRANTED.has(code)) return true;
  // A file beside it.
  return code === 2307 && typeof messageText === 'string' && messageText.includes("'./");
}

function describe({ messageText, file, start = 0 }: ts.Diagnostic, { page, line }: Example): string {
  const within = file ? file.getLineAndCharacterOfPosition(start).line : 0;
  return `${page}:${line + 1 + within}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}

import ts from 'typescript';

/** Every module specifier that `text` imports or re-exports, statically, dynamically or as a type. */
export function importsOf(text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
}

export { readWorkspace, isPublic } from './read-workspace.js';
export { importsOf } from './imports-of.js';
export { reportAndExit } from './report.js';
export { ROOT } from './root.js';
export { capture, run } from './run.js';
export type { Captured, RunOptions } from './run.js';
export type { Manifest, SourceFile, WorkspacePackage } from './read-workspace.js';

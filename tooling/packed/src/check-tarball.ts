import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemAffectsResolutionKind } from '@arethetypeswrong/core/problems';
import type { Analysis, Package, Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** What a tarball may hold beside `dist`. */
const SHIPPED = /^(dist\/.*|package\.json|README\.md|LICENSE|NOTICE\.md|CHANGELOG\.md|snapshot\.json)$/;

/** The packages are ESM only: how CommonJS and Node 10 resolve them is no promise of theirs. */
const PROMISED_RESOLUTIONS = ['node16-esm', 'bundler'] as const;

/** Problems of one packed package, one line each. */
export async function checkTarball(tarball: string): Promise<readonly string[]> {
  const bytes = await readFile(tarball);
  const packed = createPackageFromTarballData(bytes);
  return [...contentProblems(packed), ...(await typeProblems(packed)), ...(await manifestProblems(bytes))];
}

function contentProblems(packed: Package): readonly string[] {
  const root = `/node_modules/${packed.packageName}/`;
  const paths = packed.listFiles().map((path) => path.slice(root.length));
  const required = ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];
  return [
    ...paths.filter((path) => !SHIPPED.test(path)).map((path) => `ships ${path}`),
    ...required.filter((path) => !paths.includes(path)).map((path) => `does not ship ${path}`),
  ];
}

async function typeProblems(packed: Package): Promise<readonly string[]> {
  const analysis = await checkPackage(packed);
  if (!analysis.types) return ['ships no types'];
  return analysis.problems.filter((problem) => isPromised(problem, analysis)).map((problem) => JSON.stringify(problem));
}

function isPromised(problem: Problem, analysis: Analysis): boolean {
  return PROMISED_RESOLUTIONS.some((kind) => problemAffectsResolutionKind(problem, kind, analysis));
}

async function manifestProblems(bytes: Buffer): Promise<readonly string[]> {
  const tarball = new Uint8Array(bytes).buffer;
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

import type { Pipeline } from '@sluice/core';

/** An endpoint that models answer, as a path leads to it. */
export interface FoundPipeline<T = Pipeline> {
  readonly pipeline: T;
  /** Where the path names parts: those, decoded. */
  readonly params?: Readonly<Record<string, string>>;
}
export type FindPipeline<T = Pipeline> = (path: string) => FoundPipeline<T> | undefined;

/**
 * Finds endpoints by their paths. A name in braces stands for one part or more of a path, so that models such as
 * `provider/model` may stand in it, written with `%2F` or with a slash.
 */
export function createPipelineFinder<T = Pipeline>(pipelines: ReadonlyMap<string, T>): FindPipeline<T> {
  const exact = new Map<string, FoundPipeline<T>>();
  const patterns: { readonly pattern: RegExp; readonly pipeline: T }[] = [];
  for (const [path, pipeline] of pipelines) {
    if (path.includes('{')) patterns.push({ pattern: toPattern(path), pipeline });
    else exact.set(path, { pipeline });
  }
  return (path) => {
    const found = exact.get(path);
    if (found) return found;
    for (const { pattern, pipeline } of patterns) {
      const params = decodeAll(pattern.exec(path)?.groups);
      if (params) return { pipeline, params };
    }
    return undefined;
  };
}

function toPattern(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/\{(\w+)\}/g, '(?<$1>.+)')}$`);
}

/** Nothing for what no decoder takes: such a path names nothing. */
function decodeAll(groups: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  if (!groups) return undefined;
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    return undefined;
  }
}

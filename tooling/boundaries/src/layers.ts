import { matchesGlob } from 'node:path';
import layersFile from '../layers.json' with { type: 'json' };

export interface Layer {
  readonly name: string;
  readonly folders: readonly string[];
  /** Layers that its sources may use. */
  readonly uses: readonly string[];
  /** Layers that its tests may use as well. */
  readonly testsUse: readonly string[];
}
export interface Layers {
  /** The first layer whose folders match a package is the package's. */
  readonly layers: readonly Layer[];
  readonly exceptions: readonly { readonly from: string; readonly to: string }[];
  /** Library -> the folders that may use it; `*` at the end of a library's name stands for any rest. */
  readonly owners: Readonly<Record<string, readonly string[]>>;
  /** Folders that may use any library. */
  readonly unrestricted: readonly string[];
  /** Modules that come with the program that runs the file, so that no manifest need list them. */
  readonly providedByRunner: readonly string[];
}

export const layers: Layers = layersFile;

export function matchesAny(folder: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesGlob(folder, pattern));
}

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const PIECE = 12;
const PREFIX = /^sk-sluice-(?=.{12})/;

/** Places where something was written for somebody to read, by what they are called. */
export type Places = ReadonlyMap<string, string | Buffer>;

/** Fails with the places in which twelve characters in a row of a secret stand, as they are or coded. */
export function expectNoPiece(secrets: readonly string[], places: Places): void {
  const needles = [...new Set(secrets.flatMap(piecesOf).flatMap(formsOf))].map((needle) => Buffer.from(needle, 'latin1'));
  const found = [...places].filter(([, text]) => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    return needles.some((needle) => bytes.includes(needle));
  });
  expect(found.map(([place]) => place)).toEqual([]);
}

/** Every file below a folder but the one that is for secrets. */
export function filesBelow(folder: string): Places {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => !path.endsWith('secrets.json'));
  const files = paths.map((path) => join(folder, path)).filter((path) => statSync(path).isFile());
  return new Map(files.map((path) => [path, readFileSync(path)]));
}

/**
 * Twelve characters in a row, from everywhere in it. What all keys begin with is no secret: with two characters more it
 * would be a piece, which one in 4,096 other keys has too.
 */
export function piecesOf(secret: string): readonly string[] {
  const own = secret.replace(PREFIX, '');
  return Array.from({ length: Math.max(1, own.length - PIECE + 1) }, (_, at) => own.slice(at, at + PIECE));
}

/** A piece as it is, in hexadecimal, for URLs, and in base64 wherever it begins in what was coded. */
function formsOf(piece: string): readonly string[] {
  const hex = Buffer.from(piece).toString('hex');
  const coded = [0, 1, 2].map((lead) => {
    const text = Buffer.concat([Buffer.alloc(lead), Buffer.from(piece)]).toString('base64');
    // Of the first and the last characters, some bits are of what stands beside the piece.
    return text.replace(/=+$/, '').slice(lead === 0 ? 0 : 4, -2);
  });
  const urls = coded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [piece, hex, hex.toUpperCase(), encodeURIComponent(piece), ...coded, ...urls];
}

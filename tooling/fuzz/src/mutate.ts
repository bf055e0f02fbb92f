import type { Random } from './random.js';

/** No input grows beyond this: what is slow is slow there too. */
const MAX_BYTES = 16_384;
const MAX_STEPS = 6;
const INTERESTING = [0x00, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xff];

/** What inputs are made from. */
export interface Material {
  readonly seeds: readonly Buffer[];
  /** Words of the language that is parsed. */
  readonly words: readonly string[];
}

/** One of the seeds after one to six changes. */
export function mutate({ seeds, words }: Material, random: Random): Buffer {
  let bytes = pick(seeds, random);
  for (let steps = random(MAX_STEPS) + 1; steps > 0; steps -= 1) {
    bytes = pick(CHANGES, random)(bytes, { seeds, words }, random).subarray(0, MAX_BYTES);
  }
  return bytes;
}

type Change = (bytes: Buffer, material: Material, random: Random) => Buffer;

const CHANGES: readonly Change[] = [
  (bytes, _material, random) => put(bytes, place(bytes, random), Buffer.of(random(256))),
  (bytes, _material, random) => put(bytes, place(bytes, random), Buffer.of(pick(INTERESTING, random))),
  (bytes, { words }, random) => put(bytes, place(bytes, random), Buffer.from(pick(words, random))),
  (bytes, _material, random) => overwrite(bytes, place(bytes, random), random(256)),
  (bytes, _material, random) => overwrite(bytes, place(bytes, random), pick(INTERESTING, random)),
  (bytes, _material, random) => put(bytes, place(bytes, random), slice(bytes, random)),
  (bytes, { seeds }, random) => put(bytes, place(bytes, random), slice(pick(seeds, random), random)),
  (bytes, _material, random) => cut(bytes, random),
  (bytes, _material, random) => bytes.subarray(0, place(bytes, random)),
  (bytes, _material, random) => repeated(bytes, random),
];

function put(bytes: Buffer, at: number, more: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}

function overwrite(bytes: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] = byte;
  return copy;
}

function cut(bytes: Buffer, random: Random): Buffer {
  const at = place(bytes, random);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(bytes.length + 1))]);
}

function repeated(bytes: Buffer, random: Random): Buffer {
  const piece = slice(bytes, random);
  return put(bytes, place(bytes, random), Buffer.concat(Array.from({ length: random(64) + 1 }, () => piece)));
}

function slice(bytes: Buffer, random: Random): Buffer {
  const at = place(bytes, random);
  return bytes.subarray(at, at + random(64) + 1);
}

function place(bytes: Buffer, random: Random): number {
  return random(bytes.length + 1);
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)] as T;
}

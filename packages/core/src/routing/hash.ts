const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const RANGE = 0x1_0000_0000;

/** FNV-1a over the text's code units, continued from `seed`. Spreads keys; keeps nobody from choosing theirs. */
export function hashText(text: string, seed = OFFSET): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash >>> 0;
}

/** Two hashes as one number above 0 and below 1, spread evenly: the finaliser of MurmurHash3. */
export function mixHashes(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ second;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / RANGE;
}

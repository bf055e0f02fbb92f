/** How base64 text of each container begins; MP3 and AAC frames without one by their sync word and version. */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^UklGR/, 'wav'],
  [/^(?:SUQz|\/\/[M-Ps-v])/, 'mp3'],
  [/^\/\/[E-Hk-n]/, 'aac'],
  [/^T2dnUw/, 'opus'],
  [/^ZkxhQ/, 'flac'],
];

/** The format of a sound whose vendor does not name it; samples without a container are `pcm16`. */
export function audioFormatOf(base64: string): string {
  return BEGINNINGS.find(([beginning]) => beginning.test(base64))?.[1] ?? 'pcm16';
}

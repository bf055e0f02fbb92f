/** A recording says what was said in it between these, so that a transcription can tell. */
const MARK = 'sluice-sim:';
const END = '\0';

const SAMPLE_RATE = 24_000;
const MS_PER_CHARACTER = 60;

export type SpeechFormat = 'mp3' | 'wav' | 'pcm';

export const SPEECH_TYPES: Readonly<Record<SpeechFormat, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/** Silence as long as the text would take, in a file that players open; what was said is noted in it where the format has room. */
export function speak(text: string, format: SpeechFormat): Buffer {
  const samples = Buffer.alloc(Math.ceil((durationMs(text) * SAMPLE_RATE) / 1_000) * 2);
  if (format === 'pcm') return samples;
  return format === 'wav' ? toWav(text, samples) : toMp3(text);
}

export function durationMs(text: string): number {
  return Math.max(1, text.length) * MS_PER_CHARACTER;
}

/** What is said in a recording that {@link speak} made; nothing for any other. */
export function hear(recording: Uint8Array): string | undefined {
  const bytes = Buffer.from(recording);
  const at = bytes.indexOf(MARK);
  if (at < 0) return undefined;
  const from = at + MARK.length;
  const to = bytes.indexOf(END, from);
  return bytes.toString('utf8', from, to < 0 ? undefined : to);
}

/** RIFF, with a comment: http://soundfile.sapp.org/doc/WaveFormat/ */
function toWav(text: string, samples: Buffer): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(SAMPLE_RATE, 4);
  format.writeUInt32LE(SAMPLE_RATE * 2, 8);
  format.writeUInt16LE(2, 12);
  format.writeUInt16LE(16, 14);
  const comment = riffChunk('ICMT', Buffer.from(`${MARK}${text}${END}`));
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    riffChunk('fmt ', format),
    riffChunk('LIST', Buffer.concat([Buffer.from('INFO'), comment])),
    riffChunk('data', samples),
  ]);
  return riffChunk('RIFF', body);
}

/** A chunk of an odd length is followed by a byte that does not count. */
function riffChunk(name: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(name), length, content, Buffer.alloc(content.length % 2)]);
}

/** MPEG 1 layer III, 128 kbit/s, 44.1 kHz, mono, without side information: a decoder hears nothing. */
const MP3_FRAME = Buffer.alloc(417);
MP3_FRAME.set([0xff, 0xfb, 0x90, 0xc4]);
const MP3_FRAME_MS = 26;

/** With a tag of version 2.3: https://id3.org/id3v2.3.0 */
function toMp3(text: string): Buffer {
  const comment = Buffer.from(`\x03${MARK}${text}${END}`);
  const frame = Buffer.alloc(10);
  frame.write('TXXX');
  frame.writeUInt32BE(comment.length, 4);
  const size = frame.length + comment.length;
  const header = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, ...[21, 14, 7, 0].map((shift) => (size >>> shift) & 0x7f)]);
  const frames = Array.from({ length: Math.ceil(durationMs(text) / MP3_FRAME_MS) }, () => MP3_FRAME);
  return Buffer.concat([header, frame, comment, ...frames]);
}

import { HOSTS } from './hosts.js';
import { LOCAL_SERVERS } from './local.js';
import { MAKERS } from './makers.js';
import type { Preset } from './shared.js';

const TABLE = { ...HOSTS, ...MAKERS, ...LOCAL_SERVERS } as const satisfies Record<string, Preset>;
export type PresetName = keyof typeof TABLE;

/** Every server whose ways are known, by the name that an operator says. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = TABLE;
export const PRESET_NAMES = Object.keys(TABLE) as [PresetName, ...PresetName[]];

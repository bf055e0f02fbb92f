/** A type whose members may still be set, for a value that is put together step by step. */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

import { isObject } from '../question.js';

/** Where in a body something stands: `['messages', 0, 'content']`. */
export type Path = readonly (string | number)[];

/** What a value should have been, in no vendor's words. */
export interface Flaw {
  readonly kind: 'missing' | 'unknown' | 'type' | 'value' | 'range' | 'length';
  readonly path: Path;
  /** The type in JSON's words: `string`, `integer`, `array`; for `value` empty. */
  readonly expected: string;
  readonly value: unknown;
  readonly allowed?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

/** The first flaw of a value, in the order in which fields are named; nothing for a good one. */
export type Check = (value: unknown, path: Path) => Flaw | undefined;

/** A check, and whether a field that holds it may be left out. */
export interface Shape {
  readonly check: Check;
  readonly optional: boolean;
  /** The JSON type that it takes, to choose among several. */
  readonly type: string;
}

/** The first flaw of a body. */
export function findFlaw(shape: Shape, body: unknown): Flaw | undefined {
  return shape.check(body, []);
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export function text({ min = 0, max = Infinity }: Bounds = {}): Shape {
  return required('string', (value, path) => {
    if (typeof value !== 'string') return mistyped('string', value, path);
    if (value.length >= min && value.length <= max) return undefined;
    return { kind: 'length', path, expected: 'string', value, min, max };
  });
}

export function number(bounds: Bounds = {}): Shape {
  return required('number', (value, path) =>
    typeof value === 'number' ? outOf(bounds, value, path) : mistyped('number', value, path),
  );
}

export function integer(bounds: Bounds = {}): Shape {
  return required('integer', (value, path) =>
    Number.isInteger(value) ? outOf(bounds, value as number, path) : mistyped('integer', value, path),
  );
}

export const boolean: Shape = required('boolean', (value, path) =>
  typeof value === 'boolean' ? undefined : mistyped('boolean', value, path),
);

export const anything: Shape = required('any', () => undefined);

/** An object with any fields. */
export const record: Shape = required('object', (value, path) =>
  isObject(value) ? undefined : mistyped('object', value, path),
);

export function oneOf(...allowed: readonly string[]): Shape {
  return required('string', (value, path) => {
    if (typeof value !== 'string') return mistyped('string', value, path);
    return allowed.includes(value) ? undefined : { kind: 'value', path, expected: '', value, allowed };
  });
}

export function list(item: Shape, { min = 0, max = Infinity }: Bounds = {}): Shape {
  return required('array', (value, path) => {
    if (!Array.isArray(value)) return mistyped('array', value, path);
    if (value.length < min || value.length > max) return { kind: 'length', path, expected: 'array', value, min, max };
    return first(
      value.map((_, index) => index),
      (index) => item.check(value[index], [...path, index]),
    );
  });
}

export type Fields = Readonly<Record<string, Shape>>;

/** An object with these fields and no others. */
export function object(fields: Fields): Shape {
  return required('object', (value, path) => {
    if (!isObject(value)) return mistyped('object', value, path);
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined) {
      return { kind: 'unknown', path: [...path, unknown], expected: '', value: value[unknown] };
    }
    return checkFields(fields, value, path);
  });
}

/** An object with at least these fields. */
export function openObject(fields: Fields): Shape {
  return required('object', (value, path) =>
    isObject(value) ? checkFields(fields, value, path) : mistyped('object', value, path),
  );
}

/** An object whose field `tag` says which of the shapes it has. */
export function tagged(tag: string, shapes: Readonly<Record<string, Fields>>): Shape {
  const byTag = new Map(
    Object.entries(shapes).map(([name, fields]) => [name, object({ [tag]: text(), ...fields })] as const),
  );
  return required('object', (value, path) => {
    if (!isObject(value)) return mistyped('object', value, path);
    const named = value[tag];
    if (named === undefined) return { kind: 'missing', path: [...path, tag], expected: 'string', value };
    const shape = typeof named === 'string' ? byTag.get(named) : undefined;
    if (shape) return shape.check(value, path);
    return { kind: 'value', path: [...path, tag], expected: '', value: named, allowed: [...byTag.keys()] };
  });
}

/** One of several shapes that differ in their JSON type. */
export function either(...shapes: readonly Shape[]): Shape {
  const type = shapes.map((shape) => shape.type).join(' or ');
  return required(type, (value, path) => {
    const own = shapes.find((shape) => isOfType(value, shape.type));
    return own ? own.check(value, path) : mistyped(type, value, path);
  });
}

/** A shape that contains itself. */
export function lazy(type: string, shape: () => Shape): Shape {
  return required(type, (value, path) => shape().check(value, path));
}

/** An object whose fields have names of the caller's and all the same shape. */
export function map(item: Shape): Shape {
  return required('object', (value, path) =>
    isObject(value)
      ? first(Object.entries(value), ([name, field]) => item.check(field, [...path, name]))
      : mistyped('object', value, path),
  );
}

/** A field that may be left out. */
export function optional(shape: Shape): Shape {
  return { ...shape, optional: true };
}

/** A field that may be left out or null. */
export function nullish(shape: Shape): Shape {
  const check: Check = (value, path) => (value === null ? undefined : shape.check(value, path));
  return { ...shape, check, optional: true };
}

function required(type: string, check: Check): Shape {
  return { type, check, optional: false };
}

function checkFields(fields: Fields, value: Readonly<Record<string, unknown>>, path: Path): Flaw | undefined {
  return first(Object.entries(fields), ([name, shape]) => {
    const field = value[name];
    if (field !== undefined) return shape.check(field, [...path, name]);
    return shape.optional ? undefined : { kind: 'missing', path: [...path, name], expected: shape.type, value };
  });
}

function first<T>(items: readonly T[], check: (item: T) => Flaw | undefined): Flaw | undefined {
  for (const item of items) {
    const flaw = check(item);
    if (flaw) return flaw;
  }
  return undefined;
}

function mistyped(expected: string, value: unknown, path: Path): Flaw {
  return { kind: 'type', path, expected, value };
}

function outOf({ min = -Infinity, max = Infinity }: Bounds, value: number, path: Path): Flaw | undefined {
  return value >= min && value <= max ? undefined : { kind: 'range', path, expected: 'number', value, min, max };
}

function isOfType(value: unknown, type: string): boolean {
  return type === 'any' || type === typeOfJson(value) || (type === 'number' && typeof value === 'number');
}

/** The type of a JSON value: `integer` beside `number`, `array` and `null` beside `object`. */
export function typeOfJson(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { compilePatterns, isMatch } from '../patterns/matcher.js';
import { StepBudget } from './budget.js';
import type { Budget } from './budget.js';
import { TYPED_RULES } from './keywords.js';
import type { Matches, Surroundings } from './keywords.js';
import { valueKey } from './value-key.js';

/** Whether a value is as a schema wants it. */
export type Check = (value: unknown) => boolean;
/** Makes the check of a schema within another one. */
export type MakeCheck = (schema: unknown) => Check;

const MAX_DEPTH = 64;
const MAX_SCHEMAS = 2_000;
/** Of one check: a tenth of a second, or a few. An answer is at most some ten thousand values long. */
const MAX_STEPS = 1_000_000;
/** What it takes to make the smallest pattern ready, and to keep it. */
const STEPS_OF_PATTERN = 5_000;
/** Say nothing of a value; `format` is one of them by the standard. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  '$anchor',
  'title',
  'description',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  'format',
  'contentEncoding',
  'contentMediaType',
  'strict',
  'nullable',
]);
const TYPES: Readonly<Record<string, Check>> = {
  object: isJsonObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

/**
 * Turns a JSON Schema into a check, without generating code. Of the keywords of draft 2020-12 it takes those that say of a
 * value by itself whether it is valid; `$ref` leads into the same schema. Throws a `SyntaxError` for any other keyword:
 * what is not checked is not passed over. A schema cannot make it hang: the steps of a check are counted, those of patterns
 * among them, and it throws where they are too many.
 */
export function compileJsonSchema(root: unknown): Check {
  return new SchemaCompiler(root).compile();
}

class SchemaCompiler {
  readonly #root: unknown;
  readonly #references = new Map<string, { check: Check }>();
  readonly #budget = new StepBudget(MAX_STEPS);
  readonly #matchers = new Map<string, Matches>();
  #count = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  compile(): Check {
    const check = this.#check(this.#root, 0);
    return (value) => {
      this.#budget.refill();
      return check(value);
    };
  }

  #check(schema: unknown, depth: number): Check {
    const budget = this.#budget;
    if (typeof schema === 'boolean') {
      return () => {
        budget.take(1);
        return schema;
      };
    }
    if (!isJsonObject(schema)) throw new SyntaxError('a schema is an object or a boolean');
    this.#count += 1;
    if (depth > MAX_DEPTH || this.#count > MAX_SCHEMAS) throw new SyntaxError('the schema is too large');
    const make: MakeCheck = (within) => this.#check(within, depth + 1);
    const around = { schema, make, budget, matcherOf: this.#matcherOf };
    const checks = Object.keys(schema).flatMap((keyword) => this.#rule(keyword, around) ?? []);
    return (value) => {
      budget.take(1 + checks.length);
      return checks.every((check) => check(value));
    };
  }

  /** A pattern is made ready once, wherever it stands. */
  readonly #matcherOf = (source: unknown): Matches => {
    if (typeof source !== 'string') throw new SyntaxError('"pattern" is a text');
    const known = this.#matchers.get(source);
    if (known) return known;
    const take = (steps: number): void => this.#budget.take(steps);
    take(STEPS_OF_PATTERN);
    const matcher = compilePatterns([source], false, take);
    const matches: Matches = (text) => isMatch(matcher, text, take);
    this.#matchers.set(source, matches);
    return matches;
  };

  #rule(keyword: string, around: Surroundings): Check | undefined {
    if (ANNOTATIONS.has(keyword)) return undefined;
    const given = around.schema[keyword];
    if (keyword === '$ref') return this.#reference(given);
    const rule = Object.hasOwn(COMBINING, keyword) ? COMBINING[keyword] : undefined;
    if (rule) return rule(given, around);
    const typed = TYPED_RULES.get(keyword);
    if (!typed) throw new SyntaxError(`the keyword "${keyword}" is not taken`);
    const check = typed.make(given, around);
    return (value) => !typed.isOf(value) || check(value);
  }

  /** A schema may lead back to itself: it is checked as deep as the value goes. */
  #reference(given: unknown): Check {
    if (typeof given !== 'string' || !given.startsWith('#'))
      throw new SyntaxError('a $ref leads into the schema itself: #/$defs/…');
    const known = this.#references.get(given);
    if (known) return (value) => known.check(value);
    const entry = { check: (() => true) as Check };
    this.#references.set(given, entry);
    entry.check = this.#check(resolve(this.#root, given), 1);
    return (value) => entry.check(value);
  }
}

function resolve(root: unknown, reference: string): unknown {
  let at = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    const isThere = typeof at === 'object' && at !== null && Object.hasOwn(at, name);
    if (!isThere) throw new SyntaxError(`there is no ${reference} in the schema`);
    at = (at as JsonObject)[name];
  }
  return at;
}

type Combining = (given: unknown, around: Surroundings) => Check;

const COMBINING: Readonly<Record<string, Combining | undefined>> = {
  type: (given) => {
    const checks = [...new Set<unknown>(Array.isArray(given) ? given : [given])].map(typeCheck);
    return (value) => checks.some((check) => check(value));
  },
  enum: (given, { budget }) => oneOfValues(listOf(given, 'enum'), budget),
  const: (given, { budget }) => oneOfValues([given], budget),
  allOf: (given, { make }) => {
    const checks = listOf(given, 'allOf').map(make);
    return (value) => checks.every((check) => check(value));
  },
  anyOf: (given, { make }) => {
    const checks = listOf(given, 'anyOf').map(make);
    return (value) => checks.some((check) => check(value));
  },
  oneOf: (given, { make }) => {
    const checks = listOf(given, 'oneOf').map(make);
    return (value) => checks.filter((check) => check(value)).length === 1;
  },
  not: (given, { make }) => {
    const check = make(given);
    return (value) => !check(value);
  },
};

function oneOfValues(values: readonly unknown[], budget: Budget): Check {
  const keys = new Set(values.map((one) => valueKey(one)));
  return (value) => keys.has(valueKey(value, budget));
}

function typeCheck(name: unknown): Check {
  const check = typeof name === 'string' && Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (!check) throw new SyntaxError('there is no such "type"');
  return check;
}

function listOf(given: unknown, keyword: string): readonly unknown[] {
  if (!Array.isArray(given) || given.length === 0) throw new SyntaxError(`"${keyword}" is a list that is not empty`);
  return given;
}

import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { stepsOf } from './budget.js';
import type { Budget } from './budget.js';
import type { Check, MakeCheck } from './json-schema.js';
import { valueKey } from './value-key.js';

export type Matches = (text: string) => boolean;
/** What a keyword is made with. */
export interface Surroundings {
  /** The schema in which the keyword stands. */
  readonly schema: JsonObject;
  readonly make: MakeCheck;
  /** What a keyword does beyond looking at one value it takes from here. */
  readonly budget: Budget;
  /** Throws a `SyntaxError` for what is no pattern. */
  matcherOf(source: unknown): Matches;
}
interface TypedRule {
  /** What the keyword speaks of; of other values it says nothing. */
  isOf(value: unknown): boolean;
  make(given: unknown, around: Surroundings): (value: unknown) => boolean;
}
type Make<Value> = (given: unknown, around: Surroundings) => (value: Value) => boolean;

const OBJECT_RULES: Readonly<Record<string, Make<JsonObject>>> = {
  properties: (given, { make, budget }) => {
    const checks = Object.entries(objectOf(given, 'properties')).map(([name, schema]) => [name, make(schema)] as const);
    return (value) => {
      budget.take(checks.length);
      return checks.every(([name, check]) => !Object.hasOwn(value, name) || check(value[name]));
    };
  },
  patternProperties: (given, around) => {
    const checks = patternsOf(given, around).map(([matches, schema]) => [matches, around.make(schema)] as const);
    return (value) =>
      namesIn(value, around).every((name) => checks.every(([matches, check]) => !matches(name) || check(value[name])));
  },
  additionalProperties: (given, around) => {
    const { schema, make } = around;
    const check = make(given);
    const named = new Set(Object.keys(isJsonObject(schema['properties']) ? schema['properties'] : {}));
    const matching = patternsOf(schema['patternProperties'] ?? {}, around).map(([matches]) => matches);
    return (value) =>
      namesIn(value, around).every(
        (name) => named.has(name) || matching.some((matches) => matches(name)) || check(value[name]),
      );
  },
  propertyNames: (given, around) => {
    const check = around.make(given);
    return (value) => namesIn(value, around).every(check);
  },
  required: (given, { budget }) => {
    const names = namesOf(given, 'required');
    return (value) => {
      budget.take(names.length);
      return names.every((name) => Object.hasOwn(value, name));
    };
  },
  dependentRequired: (given, { budget }) => {
    const pairs = Object.entries(objectOf(given, 'dependentRequired')).map(
      ([name, names]) => [name, namesOf(names, 'dependentRequired')] as const,
    );
    const size = pairs.reduce((sum, [, names]) => sum + 1 + names.length, 0);
    return (value) => {
      budget.take(size);
      return pairs.every(
        ([name, names]) => !Object.hasOwn(value, name) || names.every((one) => Object.hasOwn(value, one)),
      );
    };
  },
  minProperties: bounded('minProperties', (value, around) => namesIn(value, around).length, atLeast),
  maxProperties: bounded('maxProperties', (value, around) => namesIn(value, around).length, atMost),
};

const ARRAY_RULES: Readonly<Record<string, Make<readonly unknown[]>>> = {
  items: (given, { schema, make }) => {
    const check = make(given);
    const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'].length : 0;
    return (value) => {
      for (let i = first; i < value.length; i += 1) if (!check(value[i])) return false;
      return true;
    };
  },
  prefixItems: (given, { make }) => {
    if (!Array.isArray(given)) throw new SyntaxError('"prefixItems" is a list');
    const checks = given.map(make);
    return (value) => {
      const length = Math.min(checks.length, value.length);
      for (let i = 0; i < length; i += 1) if (checks[i]?.(value[i]) === false) return false;
      return true;
    };
  },
  minItems: bounded('minItems', ({ length }) => length, atLeast),
  maxItems: bounded('maxItems', ({ length }) => length, atMost),
  uniqueItems:
    (given, { budget }) =>
    (value) => {
      if (given !== true) return true;
      budget.take(value.length);
      return new Set(value.map((one) => valueKey(one, budget))).size === value.length;
    },
};

const STRING_RULES: Readonly<Record<string, Make<string>>> = {
  minLength: bounded('minLength', charactersIn, atLeast),
  maxLength: bounded('maxLength', charactersIn, atMost),
  pattern: (given, { matcherOf }) => matcherOf(given),
};

const NUMBER_RULES: Readonly<Record<string, Make<number>>> = {
  minimum: bounded('minimum', itself, atLeast),
  maximum: bounded('maximum', itself, atMost),
  exclusiveMinimum: bounded('exclusiveMinimum', itself, (value, bound) => value > bound),
  exclusiveMaximum: bounded('exclusiveMaximum', itself, (value, bound) => value < bound),
  multipleOf: bounded('multipleOf', itself, (value, bound) => bound > 0 && isWhole(value / bound)),
};

/** Keywords that say something of one type of values. */
export const TYPED_RULES: ReadonlyMap<string, TypedRule> = new Map([
  ...rulesFor(OBJECT_RULES, isJsonObject),
  ...rulesFor(ARRAY_RULES, Array.isArray),
  ...rulesFor(STRING_RULES, (value) => typeof value === 'string'),
  ...rulesFor(NUMBER_RULES, (value) => typeof value === 'number'),
]);

function rulesFor<Value>(
  rules: Readonly<Record<string, Make<Value>>>,
  isOf: Check,
): readonly (readonly [keyword: string, TypedRule])[] {
  return Object.entries(rules).map(([keyword, make]) => [keyword, { isOf, make: make as TypedRule['make'] }]);
}

function bounded<Value>(
  keyword: string,
  measure: (value: Value, around: Surroundings) => number,
  holds: (measure: number, bound: number) => boolean,
): Make<Value> {
  return (given, around) => {
    if (typeof given !== 'number') throw new SyntaxError(`"${keyword}" is a number`);
    return (value) => holds(measure(value, around), given);
  };
}

function itself(value: number): number {
  return value;
}

function atLeast(value: number, bound: number): boolean {
  return value >= bound;
}

function atMost(value: number, bound: number): boolean {
  return value <= bound;
}

function charactersIn(text: string, { budget }: Surroundings): number {
  budget.take(stepsOf(text));
  return [...text].length;
}

function namesIn(value: JsonObject, { budget }: Surroundings): readonly string[] {
  const names = Object.keys(value);
  budget.take(names.length);
  return names;
}

/** Binary fractions miss decimal ones by a little. */
function isWhole(quotient: number): boolean {
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function objectOf(given: unknown, keyword: string): JsonObject {
  if (!isJsonObject(given)) throw new SyntaxError(`"${keyword}" is an object`);
  return given;
}

function namesOf(given: unknown, keyword: string): readonly string[] {
  if (!Array.isArray(given) || !given.every((name) => typeof name === 'string'))
    throw new SyntaxError(`"${keyword}" is a list of names`);
  return given;
}

function patternsOf(given: unknown, { matcherOf }: Surroundings): readonly (readonly [Matches, unknown])[] {
  return Object.entries(objectOf(given, 'patternProperties')).map(([source, schema]) => [matcherOf(source), schema]);
}

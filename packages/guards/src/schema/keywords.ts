import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { compilePatterns, isMatch } from '../patterns/matcher.js';
import type { Check, MakeCheck } from './json-schema.js';
import { isSameJson } from './same-json.js';

interface Surroundings {
  /** The schema in which the keyword stands. */
  readonly schema: JsonObject;
  readonly make: MakeCheck;
}
interface TypedRule {
  /** What the keyword speaks of; of other values it says nothing. */
  isOf(value: unknown): boolean;
  make(given: unknown, around: Surroundings): (value: unknown) => boolean;
}
type Make<Value> = (given: unknown, around: Surroundings) => (value: Value) => boolean;

const OBJECT_RULES: Readonly<Record<string, Make<JsonObject>>> = {
  properties: (given, { make }) => {
    const checks = Object.entries(objectOf(given, 'properties')).map(([name, schema]) => [name, make(schema)] as const);
    return (value) => checks.every(([name, check]) => !Object.hasOwn(value, name) || check(value[name]));
  },
  patternProperties: (given, { make }) => {
    const checks = patternsOf(given).map(([matches, schema]) => [matches, make(schema)] as const);
    return (value) =>
      Object.entries(value).every(([name, one]) => checks.every(([matches, check]) => !matches(name) || check(one)));
  },
  additionalProperties: (given, { schema, make }) => {
    const check = make(given);
    const named = new Set(Object.keys(isJsonObject(schema['properties']) ? schema['properties'] : {}));
    const matching = patternsOf(schema['patternProperties'] ?? {}).map(([matches]) => matches);
    return (value) =>
      Object.entries(value).every(
        ([name, one]) => named.has(name) || matching.some((matches) => matches(name)) || check(one),
      );
  },
  propertyNames: (given, { make }) => {
    const check = make(given);
    return (value) => Object.keys(value).every(check);
  },
  required: (given) => {
    const names = namesOf(given, 'required');
    return (value) => names.every((name) => Object.hasOwn(value, name));
  },
  dependentRequired: (given) => {
    const pairs = Object.entries(objectOf(given, 'dependentRequired')).map(
      ([name, names]) => [name, namesOf(names, 'dependentRequired')] as const,
    );
    return (value) =>
      pairs.every(([name, names]) => !Object.hasOwn(value, name) || names.every((one) => Object.hasOwn(value, one)));
  },
  minProperties: bounded('minProperties', (value, bound) => Object.keys(value).length >= bound),
  maxProperties: bounded('maxProperties', (value, bound) => Object.keys(value).length <= bound),
};

const ARRAY_RULES: Readonly<Record<string, Make<readonly unknown[]>>> = {
  items: (given, { schema, make }) => {
    const check = make(given);
    const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'].length : 0;
    return (value) => value.slice(first).every(check);
  },
  prefixItems: (given, { make }) => {
    if (!Array.isArray(given)) throw new SyntaxError('"prefixItems" is a list');
    const checks = given.map(make);
    return (value) => checks.every((check, i) => i >= value.length || check(value[i]));
  },
  minItems: bounded('minItems', (value, bound) => value.length >= bound),
  maxItems: bounded('maxItems', (value, bound) => value.length <= bound),
  uniqueItems: (given) => (value) =>
    given !== true || value.every((one, i) => !value.slice(0, i).some((other) => isSameJson(one, other))),
};

const STRING_RULES: Readonly<Record<string, Make<string>>> = {
  minLength: bounded('minLength', (value, bound) => [...value].length >= bound),
  maxLength: bounded('maxLength', (value, bound) => [...value].length <= bound),
  pattern: (given) => matcherOf(given),
};

const NUMBER_RULES: Readonly<Record<string, Make<number>>> = {
  minimum: bounded('minimum', (value, bound) => value >= bound),
  maximum: bounded('maximum', (value, bound) => value <= bound),
  exclusiveMinimum: bounded('exclusiveMinimum', (value, bound) => value > bound),
  exclusiveMaximum: bounded('exclusiveMaximum', (value, bound) => value < bound),
  multipleOf: bounded('multipleOf', (value, bound) => bound > 0 && isWhole(value / bound)),
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

function bounded<Value>(keyword: string, holds: (value: Value, bound: number) => boolean): Make<Value> {
  return (given) => {
    if (typeof given !== 'number') throw new SyntaxError(`"${keyword}" is a number`);
    return (value) => holds(value, given);
  };
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

function matcherOf(source: unknown): (text: string) => boolean {
  if (typeof source !== 'string') throw new SyntaxError('"pattern" is a text');
  const matcher = compilePatterns([source], false);
  return (text) => isMatch(matcher, text);
}

function patternsOf(given: unknown): readonly (readonly [(text: string) => boolean, unknown])[] {
  return Object.entries(objectOf(given, 'patternProperties')).map(([source, schema]) => [matcherOf(source), schema]);
}

import {
  changeOrgInput,
  changeTeamInput,
  changeUserInput,
  createOrgInput,
  createTeamInput,
  createUserInput,
  orgView,
  teamView,
  toTenancyView,
  userView,
} from '@sluice/auth';
import type { Permission, RecordAdmin, TenancyAdmin } from '@sluice/auth';
import type { OrgRecord, TeamRecord, UserRecord } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import { z } from 'zod';
import { jsonContent, noStore } from '../answers.js';
import { parseInput } from '../parse-input.js';
import { principalOf } from '../route.js';
import type { Route } from '../route.js';

/** One kind of records under `/admin/v1`. */
interface Resource<R, Create, Change> {
  /** `orgs`: the last part of the path, and the tag. */
  readonly plural: string;
  /** `Org`: a part of the names of operations. */
  readonly noun: string;
  /** `an organisation`. */
  readonly phrase: string;
  readonly admin: RecordAdmin<R, Create, Change>;
  readonly may: Readonly<Record<'create' | 'read' | 'write' | 'remove', Permission>>;
  readonly createInput: z.ZodType<Create>;
  readonly changeInput: z.ZodType<Change>;
  readonly view: z.ZodType;
}

/** `/admin/v1/orgs`, `/admin/v1/teams` and `/admin/v1/users`. */
export function createTenancyRoutes({ orgs, teams, users }: TenancyAdmin): readonly Route[] {
  return [
    ...routesOf({
      plural: 'orgs',
      noun: 'Org',
      phrase: 'an organisation',
      admin: orgs,
      may: { create: 'orgs:create', read: 'orgs:read', write: 'orgs:write', remove: 'orgs:create' },
      createInput: createOrgInput,
      changeInput: changeOrgInput,
      view: orgView,
    }),
    ...routesOf({
      plural: 'teams',
      noun: 'Team',
      phrase: 'a team',
      admin: teams,
      may: { create: 'teams:write', read: 'teams:read', write: 'teams:write', remove: 'teams:write' },
      createInput: createTeamInput,
      changeInput: changeTeamInput,
      view: teamView,
    }),
    ...routesOf({
      plural: 'users',
      noun: 'User',
      phrase: 'a user or a service account',
      admin: users,
      may: { create: 'users:write', read: 'users:read', write: 'users:write', remove: 'users:write' },
      createInput: createUserInput,
      changeInput: changeUserInput,
      view: userView,
    }),
  ];
}

type AnyRecord = OrgRecord | TeamRecord | UserRecord;

function routesOf<R extends AnyRecord, Create, Change>(resource: Resource<R, Create, Change>): readonly Route[] {
  return [createRoute(resource), listRoute(resource), getRoute(resource), changeRoute(resource), removeRoute(resource)];
}

const byId = z.object({ id: z.string().max(100).meta({ description: 'The id.' }) });

function createRoute<R extends AnyRecord, Create, Change>(resource: Resource<R, Create, Change>): Route {
  const { plural, noun, phrase, admin, may, createInput, view } = resource;
  return {
    method: 'POST',
    path: `/admin/v1/${plural}`,
    access: may.create,
    audit: 'change',
    openapi: {
      operationId: `create${noun}`,
      summary: `Make ${phrase}`,
      tags: [plural],
      requestBody: { required: true, content: jsonContent(createInput) },
      responses: { 201: { description: 'It is made.', content: jsonContent(view) } },
    },
    async handle(call) {
      const input = parseInput(createInput, await call.json());
      const made = await call.change({
        work: () => admin.create(input, principalOf(call)),
        object: ({ id }) => id,
        after: toTenancyView,
      });
      return jsonAnswer(201, toTenancyView(made), noStore);
    },
  };
}

function listRoute<R extends AnyRecord, Create, Change>(resource: Resource<R, Create, Change>): Route {
  const { plural, noun, admin, may, view } = resource;
  const all = z.strictObject({ data: z.array(view) }).meta({ description: `All ${plural}, the oldest first.` });
  return {
    method: 'GET',
    path: `/admin/v1/${plural}`,
    access: may.read,
    openapi: {
      operationId: `list${noun}s`,
      summary: `List all ${plural} that the caller may see`,
      tags: [plural],
      responses: { 200: { description: 'All of them.', content: jsonContent(all) } },
    },
    handle: async (call) => jsonAnswer(200, { data: admin.list(principalOf(call)).map(toTenancyView) }, noStore),
  };
}

function getRoute<R extends AnyRecord, Create, Change>(resource: Resource<R, Create, Change>): Route {
  const { plural, noun, phrase, admin, may, view } = resource;
  return {
    method: 'GET',
    path: `/admin/v1/${plural}/{id}`,
    access: may.read,
    openapi: {
      operationId: `get${noun}`,
      summary: `Show ${phrase}`,
      tags: [plural],
      requestParams: { path: byId },
      responses: { 200: { description: 'As it is.', content: jsonContent(view) } },
    },
    handle: async (call) =>
      jsonAnswer(200, toTenancyView(admin.find(call.params['id'] ?? '', principalOf(call))), noStore),
  };
}

function changeRoute<R extends AnyRecord, Create, Change>(resource: Resource<R, Create, Change>): Route {
  const { plural, noun, phrase, admin, may, changeInput, view } = resource;
  return {
    method: 'POST',
    path: `/admin/v1/${plural}/{id}`,
    access: may.write,
    audit: 'change',
    openapi: {
      operationId: `change${noun}`,
      summary: `Change ${phrase}`,
      tags: [plural],
      requestParams: { path: byId },
      requestBody: { required: true, content: jsonContent(changeInput) },
      responses: { 200: { description: 'As it is now.', content: jsonContent(view) } },
    },
    async handle(call) {
      const input = parseInput(changeInput, await call.json());
      const by = principalOf(call);
      const id = call.params['id'] ?? '';
      const changed = await call.change({
        work: () => admin.change(id, input, by),
        object: () => id,
        before: () => toTenancyView(admin.find(id, by)),
        after: toTenancyView,
      });
      return jsonAnswer(200, toTenancyView(changed), noStore);
    },
  };
}

function removeRoute<R extends AnyRecord, Create, Change>(resource: Resource<R, Create, Change>): Route {
  const { plural, noun, phrase, admin, may } = resource;
  return {
    method: 'DELETE',
    path: `/admin/v1/${plural}/{id}`,
    access: may.remove,
    audit: 'change',
    openapi: {
      operationId: `delete${noun}`,
      summary: `Delete ${phrase} with all that belongs to it; the keys of that are revoked`,
      tags: [plural],
      requestParams: { path: byId },
      responses: { 204: { description: 'It is gone.' } },
    },
    async handle(call) {
      const by = principalOf(call);
      const id = call.params['id'] ?? '';
      await call.change({
        work: () => admin.remove(id, by),
        object: () => id,
        before: () => toTenancyView(admin.find(id, by)),
      });
      return { kind: 'plain', status: 204, headers: noStore, body: '' };
    },
  };
}

import type { OrgRecord, TeamRecord, UserRecord } from '@sluice/contract';
import { z } from 'zod';
import { instant, line, metadata, name, recordId, role, toIso } from './fields.js';

const orgId = recordId.meta({ description: 'The id of an organisation.', example: 'acme' });
const teamId = recordId.meta({ description: 'The id of a team.', example: 'team_search' });
const userId = recordId.meta({ description: 'The id of a user.', example: 'user_ada' });
const kind = z.enum(['person', 'service']).meta({ description: 'A person, or a service account.' });
const email = z.email().max(254).meta({ description: 'For people to know who it is.' });
const subject = line(255).meta({ description: 'The `sub` of the tokens that speak for it.' });
const issuer = line(500).meta({
  description: 'The `iss` of whoever names the subject. Absent: whoever names that subject means this one.',
  example: 'https://id.example.com',
});
const disabled = z.boolean().meta({ description: 'Whether nothing that belongs to it opens anything.' });
const owner = orgId.meta({ description: 'The organisation. Absent: that of the caller.' });

const about = { name, metadata: metadata.exactOptional() };

/** The body of `POST /admin/v1/orgs`. */
export const createOrgInput = z
  .strictObject({ id: orgId.exactOptional(), ...about })
  .meta({ description: 'An organisation to be made. Without an id it is given one.' });
/** The body of `POST /admin/v1/teams`. */
export const createTeamInput = z
  .strictObject({ id: teamId.exactOptional(), org: owner.exactOptional(), ...about })
  .meta({ description: 'A team to be made. Without an id it is given one.' });
/** The body of `POST /admin/v1/users`. */
export const createUserInput = z
  .strictObject({
    id: userId.exactOptional(),
    org: owner.exactOptional(),
    team: teamId.exactOptional(),
    kind: kind.default('person'),
    role: role.default('caller'),
    email: email.exactOptional(),
    subject: subject.exactOptional(),
    issuer: issuer.exactOptional(),
    ...about,
  })
  .meta({ description: 'A user, or a service account, to be made. Without an id it is given one.' });

const changes = { name: name.exactOptional(), metadata: metadata.exactOptional(), disabled: disabled.exactOptional() };
/** The bodies of `POST /admin/v1/{orgs,teams,users}/{id}`: what is absent stays as it is. */
export const changeOrgInput = z.strictObject(changes).meta({ description: 'What is to change of an organisation.' });
export const changeTeamInput = z.strictObject(changes).meta({ description: 'What is to change of a team.' });
export const changeUserInput = z
  .strictObject({
    ...changes,
    team: teamId.nullable().exactOptional().meta({ description: 'The team; null takes it out of its own.' }),
    role: role.exactOptional(),
    email: email.exactOptional(),
    subject: subject.exactOptional(),
    issuer: issuer
      .nullable()
      .exactOptional()
      .meta({ description: 'The issuer; null makes it whoever names the subject.' }),
  })
  .meta({ description: 'What is to change of a user.' });

const seen = {
  name,
  createdAt: instant.meta({ description: 'When it was made.' }),
  disabledAt: instant.meta({ description: 'When it was disabled.' }).exactOptional(),
  metadata: metadata.exactOptional(),
};
export const orgView = z.strictObject({ id: orgId, ...seen }).meta({ description: 'An organisation.' });
export const teamView = z.strictObject({ id: teamId, org: orgId, ...seen }).meta({ description: 'A team.' });
export const userView = z
  .strictObject({
    id: userId,
    org: orgId,
    team: teamId.exactOptional(),
    kind,
    role,
    email: z.string().meta({ description: 'For people to know who it is.' }).exactOptional(),
    subject: subject.exactOptional(),
    issuer: issuer.exactOptional(),
    ...seen,
  })
  .meta({ description: 'A user or a service account.' });

export type CreateOrgInput = z.output<typeof createOrgInput>;
export type CreateTeamInput = z.output<typeof createTeamInput>;
export type CreateUserInput = z.output<typeof createUserInput>;
export type ChangeInput = z.output<typeof changeOrgInput>;
export type ChangeUserInput = z.output<typeof changeUserInput>;

type Seen<R> = Omit<R, 'createdAtMs' | 'disabledAtMs'> & { readonly createdAt: string; readonly disabledAt?: string };

/** A record as operators see it: times in ISO 8601. */
export function toTenancyView<R extends OrgRecord | TeamRecord | UserRecord>(record: R): Seen<R> {
  const { createdAtMs, disabledAtMs, ...rest } = record;
  return {
    ...rest,
    createdAt: toIso(createdAtMs),
    ...(disabledAtMs !== undefined && { disabledAt: toIso(disabledAtMs) }),
  };
}

import type { Principal, TenancyRepository } from '@sluice/contract';
import { sees } from './permissions.js';
import { invalid } from './refuse.js';

/** To whom something is to belong, as an input says it. */
export interface WantedPlace {
  readonly org?: string;
  readonly team?: string;
  readonly user?: string;
}
/** The same, with what follows from it. */
export interface Place {
  readonly org: string;
  readonly team?: string;
  readonly user?: string;
}

export interface References {
  /** The organisation that an input names, or that of `by`. Throws `invalid_value` for one that `by` does not see. */
  org(id: string | undefined, by: Principal): string;
  /** Who is named, all of one organisation. Throws `invalid_value` for whoever does not exist, or `by` does not see. */
  place(wanted: WantedPlace, by: Principal): Place;
}

/** Looks up what inputs refer to. What another organisation has is not told from what nobody has. */
export function createReferences({ orgs, teams, users }: TenancyRepository): References {
  const findOrg = (id: string | undefined, by: Principal): string => {
    const asked = id ?? by.tenant;
    if (orgs.find(asked) && sees(by, asked)) return asked;
    throw invalid('org', `There is no organisation ${JSON.stringify(asked)}.`);
  };
  return {
    org: findOrg,
    place({ org, team, user }, by) {
      const seen = <R extends { readonly org: string }>(record: R | undefined): R | undefined =>
        record && sees(by, record.org) ? record : undefined;
      const teamRecord = team === undefined ? undefined : seen(teams.find(team));
      const userRecord = user === undefined ? undefined : seen(users.find(user));
      const asked = findOrg(org ?? teamRecord?.org ?? userRecord?.org, by);
      if (team !== undefined && teamRecord?.org !== asked) throw invalid('team', noSuch('team', team));
      if (user !== undefined && userRecord?.org !== asked) throw invalid('user', noSuch('user', user));
      const ofTeam = team ?? userRecord?.team;
      return { org: asked, ...(ofTeam !== undefined && { team: ofTeam }), ...(user !== undefined && { user }) };
    },
  };
}

function noSuch(kind: string, id: string): string {
  return `There is no ${kind} ${JSON.stringify(id)} in the organisation.`;
}

import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Notices } from '@sluice/store-redis';
import type { Followers } from '../audit/followers.js';
import type { SharedDirectory } from '../directory/shared-directory.js';
import type { Generations } from './generations.js';

interface HearingParts {
  /** Where notices come from and go to; absent where there is nobody to hear them. */
  readonly shared: { readonly notices: Notices } | undefined;
  /** What this machine has a copy of; absent where all read one database. */
  readonly directory: Pick<SharedDirectory, 'refresh'> | undefined;
  readonly followers: Followers;
  readonly telemetry: Pick<ProcessTelemetry, 'counter'>;
}

/** What one gateway changes, the others read at once; they look for it now and then all the same. */
export function hearOfChanges(
  { shared, directory, followers, telemetry }: HearingParts,
  generations: Generations,
): void {
  if (!shared) return;
  let heard = 0;
  telemetry.counter('sluice_notices_total', 'Changes that other gateways have told of.', () => heard);
  followers.onFollowed = () => shared.notices.publish();
  followers.onNews(() => generations.current.identity.authenticator.refresh());
  const catchUp = catchingUp(followers, directory);
  shared.notices.onNotice(() => {
    heard += 1;
    void catchUp();
  });
}

/** However many tell of changes while they are read, they are read once more. Never rejects. */
export function catchingUp(
  followers: Pick<Followers, 'news'>,
  directory: HearingParts['directory'],
): () => Promise<void> {
  let [told, isReading] = [0, false];
  return async () => {
    told += 1;
    if (isReading) return;
    isReading = true;
    for (let read = 0; read !== told;) {
      read = told;
      // What cannot be read now is looked for four times a second.
      await directory?.refresh().catch(() => undefined);
      followers.news();
    }
    isReading = false;
  };
}

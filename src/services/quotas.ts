// Quotas: which limit belongs to what the store counts, and the error when it is used up.
import { ResourceLimitExceededException } from '../domain/errors.ts'
import { quotaText, type Limits } from '../domain/limits.ts'
import type { CountedThing, StoreTransaction } from '../ports/store.ts'

const LIMITS_OF: Readonly<Record<CountedThing['kind'], keyof Limits>> = {
  'app-instances': 'appInstancesPerAccount',
  users: 'usersPerAppInstance',
  admins: 'adminsPerAppInstance',
  channels: 'channelsPerAppInstance',
  'memberships-of-channel': 'membershipsPerChannel',
  'memberships-of-member': 'membershipsPerMember',
  'memberships-of-sub-channel': 'membershipsPerSubChannel',
  moderators: 'moderatorsPerChannel',
  bots: 'botsPerAppInstance',
  'elastic-channels': 'elasticChannelsPerAppInstance',
  'channel-flows': 'channelFlowsPerAppInstance',
  endpoints: 'endpointsPerUser',
  'iam-users': 'iamUsersPerAccount',
  'iam-roles': 'iamRolesPerAccount',
  'openid-connect-providers': 'openIdConnectProvidersPerAccount',
}

/** Throws ResourceLimitExceededException unless `additional` more fit under the quota. */
export async function requireQuota(
  tx: Pick<StoreTransaction, 'fitsQuota'>,
  limits: Limits,
  counted: CountedThing,
  additional = 1,
): Promise<void> {
  const quota = LIMITS_OF[counted.kind]
  if (await tx.fitsQuota(counted, additional, limits[quota])) return
  throw new ResourceLimitExceededException(quotaText(limits, quota))
}

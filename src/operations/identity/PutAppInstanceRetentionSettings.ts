// Says for how many days an app instance keeps its messages, or that it keeps them for ever. What
// is past the period is hidden from the commit on; the purge is background work.
import { ForbiddenException } from '../../domain/errors.ts'
import { DAY_MS } from '../../domain/expiration.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { presentRetention } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

/** How long what was hidden can be brought back by a longer period. */
// evidence: docs message retention guide (behaviour 7.4)
const GRACE_MS = 30 * DAY_MS

export const PutAppInstanceRetentionSettings = defineOperation({
  name: 'PutAppInstanceRetentionSettings',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    const settings = {
      // Neither a period nor a member for it means for ever. evidence: docs; the latter inferred
      retentionDays: input.AppInstanceRetentionSettings.ChannelRetentionSettings?.RetentionDays,
      initiateDeletionAt: now + GRACE_MS,
    }
    return store.transact(async (tx) => {
      if ((await tx.appInstances.find(arn)) === undefined) throw new ForbiddenException()
      tx.retention.put(arn, settings)
      return presentRetention(settings)
    })
  },
})

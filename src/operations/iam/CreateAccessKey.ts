// Makes a key for a user; its secret is shown this once.
import { newIamId, newSecretAccessKey } from '../../base/ids.ts'
import { LimitExceededException } from '../../domain/iam-errors.ts'
import { iamQuotaText } from '../../domain/limits.ts'
import { requireUser, userNameOf } from '../../services/iam/iam-entities.ts'
import { presentAccessKey } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateAccessKey = defineOperation({
  name: 'CreateAccessKey',
  access: 'credential',
  async run(
    { input, now, principal },
    {
      store,
      limits,
      secretSealer,
    }: Pick<OperationDependencies, 'store' | 'limits' | 'secretSealer'>,
  ) {
    const userName = userNameOf(input.UserName, principal)
    const accessKeyId = newIamId('AKIA')
    const secretAccessKey = newSecretAccessKey()
    const key = {
      accessKeyId,
      userName,
      sealedSecret: secretSealer.seal(secretAccessKey, accessKeyId),
      status: 'Active' as const,
      createdAt: now,
    }
    await store.transact(async ({ access }) => {
      await requireUser(access, userName)
      if ((await access.countAccessKeys(userName)) >= limits.accessKeysPerIamUser) {
        throw new LimitExceededException(iamQuotaText(limits, 'accessKeysPerIamUser'))
      }
      access.insertAccessKey(key)
    })
    return { AccessKey: { ...presentAccessKey(key), SecretAccessKey: secretAccessKey } }
  },
})

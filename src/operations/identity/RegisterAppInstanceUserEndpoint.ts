// Registers a device of a user for push notifications. A device that another user has registered
// goes over to this one: phones change hands.
import { newUuid } from '../../base/ids.ts'
import { BadRequestException, ConflictException, ForbiddenException } from '../../domain/errors.ts'
import { pushProviderOf } from '../../domain/push-audience.ts'
import { answerOnce, hashRequest } from '../../services/idempotency.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { requireQuota } from '../../services/quotas.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

const NOT_MAPPED_TEXT =
  'the push application leads nowhere, so nothing is pushed to its devices: see CARILLON_OUTBOUND'

export const RegisterAppInstanceUserEndpoint = defineOperation({
  name: 'RegisterAppInstanceUserEndpoint',
  access: 'credential',
  async run(
    { input, now, accountId },
    {
      store,
      limits,
      outboundMapping,
      logger,
    }: Pick<OperationDependencies, 'store' | 'limits' | 'outboundMapping' | 'logger'>,
  ) {
    const { DeviceToken: deviceToken, VoipDeviceToken: voipDeviceToken } = input.EndpointAttributes
    if (voipDeviceToken !== undefined && input.Type === 'GCM') {
      throw new BadRequestException(
        'EndpointAttributes.VoipDeviceToken is only for endpoints of Type APNS and APNS_SANDBOX',
      )
    }
    const userArn = appInstanceUserArnOf(input.AppInstanceUserArn)
    const device = { type: input.Type, resourceArn: input.ResourceArn, deviceToken }
    const endpointId = newUuid()
    const request = {
      scope: [accountId, 'RegisterAppInstanceUserEndpoint', userArn],
      token: input.ClientRequestToken,
      requestHash: hashRequest(input),
      now,
    }
    if (pushProviderOf(outboundMapping.push(device.resourceArn), device.type) === undefined) {
      const { type, resourceArn } = device
      logger.warn({ type, resourceArn }, NOT_MAPPED_TEXT)
    }
    return store.transact(async (tx) => {
      if ((await tx.appInstanceUsers.find(userArn)) === undefined) throw new ForbiddenException()
      return answerOnce(tx, request, async () => {
        const holder = await tx.endpoints.findByDeviceToken(userArn, device)
        // evidence: field (behaviour 7.1); that only the same user conflicts, and only while the
        // device is pushed to, inferred: there is no other way back from INACTIVE
        if (holder?.appInstanceUserArn === userArn && holder.status === 'ACTIVE') {
          throw new ConflictException(
            'EndpointAttributes.DeviceToken is registered for the user already',
          )
        }
        if (holder?.appInstanceUserArn !== userArn) {
          await requireQuota(tx, limits, { kind: 'endpoints', of: userArn })
        }
        if (holder) tx.endpoints.remove(holder.appInstanceUserArn, holder.endpointId)
        tx.endpoints.insert({
          ...device,
          appInstanceUserArn: userArn,
          endpointId,
          name: input.Name,
          voipDeviceToken,
          // evidence: inferred (behaviour 7.1)
          allowMessages: input.AllowMessages ?? 'ALL',
          status: 'ACTIVE',
          createdAt: now,
          lastUpdatedAt: now,
        })
        return { AppInstanceUserArn: userArn, EndpointId: endpointId }
      })
    })
  },
})

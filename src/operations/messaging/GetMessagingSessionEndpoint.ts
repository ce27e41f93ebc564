// Tells where messaging sessions connect: one address for everyone, whatever NetworkType asks.
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetMessagingSessionEndpoint = defineOperation({
  name: 'GetMessagingSessionEndpoint',
  access: 'credential',
  async run(_request, { sessionEndpoint }: Pick<OperationDependencies, 'sessionEndpoint'>) {
    // evidence: sdk DefaultMessagingSession.ts, which puts wss:// before it and /connect behind
    return { Endpoint: { Url: sessionEndpoint } }
  },
})

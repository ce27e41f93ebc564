// A channel whose messages pass through the profanity filter: one is accepted, one masked, one
// denied. `npm run example channel-flow`
import {
  ACCOUNT_ID,
  createUsers,
  REGION,
  startCarillon,
  type Carillon,
} from '../shared/carillon.ts'
import { openSession } from '../shared/session.ts'
import { startProcessor } from './processor.ts'
import { filterProfanity } from './profanity-filter.ts'

const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:profanity-filter`
/** In production: in a file of its own, readable by the server alone. */
const SECRET = 'a secret that only this example knows'

// Each needs the other's address: the processor waits for the server's before it answers.
const started = Promise.withResolvers<Carillon>()
const client = async () => (await started.promise).messaging
await using processor = await startProcessor(filterProfanity, client, SECRET)
process.env['EXAMPLE_WEBHOOK_SECRET'] = SECRET
await using server = await startCarillon({
  outbound: {
    processors: {
      [FUNCTION_ARN]: {
        kind: 'webhook',
        url: processor.url,
        secret: { variable: 'EXAMPLE_WEBHOOK_SECRET' },
      },
    },
  },
})
started.resolve(server)

const { appInstanceArn, arns } = await createUsers(server, 'Ana', 'Bo')
const { messaging } = server
const { ChannelArn } = await messaging.createChannel({
  AppInstanceArn: appInstanceArn,
  Name: 'lobby',
  MemberArns: [arns.Bo],
  ChimeBearer: arns.Ana,
})
const { ChannelFlowArn } = await messaging.createChannelFlow({
  AppInstanceArn: appInstanceArn,
  Name: 'moderation',
  Processors: [
    {
      Name: 'profanity filter',
      Configuration: { Lambda: { ResourceArn: FUNCTION_ARN, InvocationType: 'ASYNC' } },
      ExecutionOrder: 1,
      FallbackAction: 'ABORT',
    },
  ],
})
await messaging.associateChannelFlow({ ChannelArn, ChannelFlowArn, ChimeBearer: arns.Ana })

using ana = await openSession(server, arns.Ana)
using bo = await openSession(server, arns.Bo)

for (const Content of ['Lunch at one?', 'What the heck', 'You idiots']) {
  const sent = await messaging.sendChannelMessage({
    ChannelArn,
    Content,
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    ChimeBearer: arns.Ana,
  })
  console.log(`Ana sends "${Content}": ${sent.Status?.Value}`)
  const outcome = await ana.next(
    ({ type, payload }) => payload['MessageId'] === sent.MessageId && !type.startsWith('PENDING'),
  )
  if (outcome.type === 'DENIED_CREATE_CHANNEL_MESSAGE') {
    console.log('  denied: only Ana knows of it')
  } else {
    const { payload } = await bo.next(({ payload: { MessageId } }) => MessageId === sent.MessageId)
    console.log(`  Bo receives "${String(payload['Content'])}"`)
  }
}

const { ChannelMessages = [] } = await messaging.listChannelMessages({
  ChannelArn,
  SortOrder: 'ASCENDING',
  ChimeBearer: arns.Bo,
})
console.log(`The channel keeps: ${ChannelMessages.map(({ Content }) => `"${Content}"`).join(', ')}`)

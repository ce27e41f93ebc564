// A message that asks for a push, and what the app on a member's phone makes of it.
// `npm run example push`
import { ACCOUNT_ID, createUsers, REGION, startCarillon } from '../shared/carillon.ts'
import { readPush } from './app.ts'
import { startFirebase } from './firebase.ts'

const APPLICATION_ARN = `arn:aws:mobiletargeting:${REGION}:${ACCOUNT_ID}:apps/0123456789abcdef0123456789abcdef`

await using firebase = await startFirebase()
process.env['EXAMPLE_SERVICE_ACCOUNT'] = firebase.serviceAccount
await using server = await startCarillon({
  outbound: {
    push: {
      [APPLICATION_ARN]: {
        fcm: { serviceAccount: { variable: 'EXAMPLE_SERVICE_ACCOUNT' }, url: firebase.url },
      },
    },
  },
})

const { appInstanceArn, arns } = await createUsers(server, 'Ana', 'Bo')
await server.identity.registerAppInstanceUserEndpoint({
  AppInstanceUserArn: arns.Bo,
  Name: "Bo's phone",
  Type: 'GCM',
  ResourceArn: APPLICATION_ARN,
  EndpointAttributes: { DeviceToken: 'the-token-of-the-phone-of-bo' },
})
const { ChannelArn } = await server.messaging.createChannel({
  AppInstanceArn: appInstanceArn,
  Name: 'lobby',
  MemberArns: [arns.Bo],
  ChimeBearer: arns.Ana,
})
const { MessageId } = await server.messaging.sendChannelMessage({
  ChannelArn,
  Content: 'Lunch at one?',
  Type: 'STANDARD',
  Persistence: 'PERSISTENT',
  PushNotification: { Type: 'DEFAULT', Title: 'Ana', Body: 'Lunch at one?' },
  ChimeBearer: arns.Ana,
})
console.log(`Ana sends ${MessageId}`)

const { deviceToken, data } = await firebase.next()
const { title, body, messageId } = readPush(data)
console.log(`${deviceToken} shows "${title}: ${body}" and opens message ${messageId}`)

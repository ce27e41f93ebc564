// A conversation with a bot: it greets who is there, and answers each message. Carillon asks it by a
// webhook; with Lex itself only the mapping differs. `npm run example bot`
import { ACCOUNT_ID, createUsers, REGION, startCarillon } from '../shared/carillon.ts'
import { openSession } from '../shared/session.ts'
import { startWebhook } from '../shared/webhook.ts'
import { createFlowerBot, type BotRequest } from './flower-bot.ts'

const BOT_ALIAS_ARN = `arn:aws:lex:${REGION}:${ACCOUNT_ID}:bot-alias/FLOWERSBOT/TSTALIASID`
/** In production: in a file of its own, readable by the server alone. */
const SECRET = 'a secret that only this example knows'

const answer = createFlowerBot()
await using webhook = await startWebhook(SECRET, (request) => answer(request as BotRequest))
process.env['EXAMPLE_WEBHOOK_SECRET'] = SECRET
await using server = await startCarillon({
  outbound: {
    bots: {
      [BOT_ALIAS_ARN]: {
        kind: 'webhook',
        url: webhook.url,
        secret: { variable: 'EXAMPLE_WEBHOOK_SECRET' },
      },
    },
  },
})

const { appInstanceArn, arns } = await createUsers(server, 'Ana')
const { AppInstanceBotArn } = await server.identity.createAppInstanceBot({
  AppInstanceArn: appInstanceArn,
  Name: 'Flower bot',
  Configuration: {
    Lex: {
      LexBotAliasArn: BOT_ALIAS_ARN,
      LocaleId: 'en_US',
      InvokedBy: { StandardMessages: 'AUTO', TargetedMessages: 'ALL' },
      WelcomeIntent: 'Welcome',
    },
  },
})
const { ChannelArn } = await server.messaging.createChannel({
  AppInstanceArn: appInstanceArn,
  Name: 'flowers',
  ChimeBearer: arns.Ana,
})
using ana = await openSession(server, arns.Ana)
await server.messaging.createChannelMembership({
  ChannelArn,
  MemberArn: AppInstanceBotArn,
  Type: 'DEFAULT',
  ChimeBearer: arns.Ana,
})
await hearBot()

for (const Content of ['I would like to order flowers', 'Roses, please', 'Friday']) {
  console.log(`Ana: ${Content}`)
  await server.messaging.sendChannelMessage({
    ChannelArn,
    Content,
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    ChimeBearer: arns.Ana,
  })
  await hearBot()
}

/** What a bot says is a list of messages in the content of one message. */
async function hearBot(): Promise<void> {
  const { payload } = await ana.next(
    ({ type, payload: { ContentType } }) =>
      type === 'CREATE_CHANNEL_MESSAGE' && ContentType === 'application/amz-chime-lex-msgs',
  )
  const { Messages } = JSON.parse(String(payload['Content'])) as {
    readonly Messages: readonly { readonly Content: string }[]
  }
  for (const { Content } of Messages) console.log(`Flower bot: ${Content}`)
}

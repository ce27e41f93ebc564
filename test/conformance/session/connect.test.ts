// Conformance of the messaging session: how it is opened, kept, refused and closed, with the stock
// session of amazon-chime-sdk-js over TLS and with bare sockets over the plain listener.
import { expect } from 'vitest'
import { connectSession, openSession } from '../../harness/messaging-session.ts'
import type { ConnectOptions } from '../../harness/messaging-session.ts'
import { createScenario } from '../../harness/scenario.ts'
import { createSdkClients } from '../../harness/sdk-clients.ts'
import { startServer } from '../../harness/start-server.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { useWorld } from '../kit/world.ts'
import { createSdkSession } from './sdk-messaging-session.ts'

const world = useWorld()
const write = casesOf('Connect')

const closeCode = async (userArn: string, options: ConnectOptions = {}) => {
  using session = await openSession(world.endpoint, userArn, options)
  return (await session.closed).code
}
const wrongKey = { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'wrong' }

write(
  'wire',
  'code',
  'Given the stock session over TLS, when it starts, then it is established on its first socket',
  async () => {
    using session = await createSdkSession(world.endpoint, await world.user())
    await session.start()
    expect(session.socketsCount).toBe(1)
  },
)
write(
  'wire',
  'proposed',
  'Given a connection, when it is established, then SESSION_ESTABLISHED comes first and has no Payload',
  async () => {
    using session = await connectSession(world.endpoint, await world.user())
    expect(JSON.parse(session.events[0]!.text)).toEqual({
      Headers: {
        'x-amz-chime-event-type': 'SESSION_ESTABLISHED',
        'x-amz-chime-message-type': 'SYSTEM',
      },
    })
  },
)
write(
  'wire',
  'code',
  'Given an event, when it arrives, then it is a text frame whose Payload is a string of JSON without nulls',
  async () => {
    const user = await world.user()
    using session = await connectSession(world.endpoint, user)
    const MessageId = await world.post(await world.channel(user), user)
    const { text } = await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId })
    const frame = JSON.parse(text) as { Payload: unknown }
    expect(frame.Payload).toBeTypeOf('string')
    expect(text).not.toContain('null')
  },
)
write(
  'wire',
  'inferred',
  'Given parameters that the server does not know, when they are signed, then they are tolerated',
  async () => {
    const query = { 'X-Amzn-Version': '3.32.0', 'x-other': "a b!'()*~+ü" }
    using session = await connectSession(world.endpoint, await world.user(), { query })
    expect(session.events.length).toBe(1)
  },
)
write(
  'wire',
  'doc',
  'Given user ids with : and @, when they connect, then they are understood',
  async () => {
    const { AppInstanceUserArn } = await world.identity.createAppInstanceUser({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceUserId: `us-east-1:a@b.c_d-${crypto.randomUUID().slice(0, 8)}`,
      Name: 'Odd',
      ClientRequestToken: crypto.randomUUID(),
    })
    using session = await createSdkSession(world.endpoint, AppInstanceUserArn!)
    await session.start()
    expect(session.socketsCount).toBe(1)
  },
)

write(
  'authorisation',
  'code',
  'Given an unknown key, when the stock session starts, then start() rejects with 4401 and does not try again',
  async () => {
    using session = await createSdkSession(world.endpoint, await world.user(), wrongKey)
    await expect(session.start()).rejects.toMatchObject({ code: 4401 })
    expect(session.socketsCount).toBe(1)
  },
)
write(
  'authorisation',
  'doc',
  'Given a wrong secret, a changed query, a passed expiry or another region, when it connects, then 4401 after the upgrade',
  async () => {
    const user = await world.user()
    const { credentials } = world.endpoint
    expect(
      await closeCode(user, { credentials: { ...credentials, secretAccessKey: 'wrong' } }),
    ).toBe(4401)
    expect(await closeCode(user, { tamper: (url) => `${url}&more=1` })).toBe(4401)
    expect(
      await closeCode(user, {
        tamper: (url) => url.replace('us-east-1%2Fchime', 'eu-west-1%2Fchime'),
      }),
    ).toBe(4401)
    const longAgo = new Date(Date.now() - 3_600_000)
    expect(await closeCode(user, { signingDate: longAgo })).toBe(4401)
  },
)
write(
  'authorisation',
  'proposed',
  'Given an unknown user, a channel or no user, when it connects, then 4003',
  async () => {
    const channelArn = await world.channel(await world.user())
    expect(await closeCode(`${world.appInstanceArn}/user/nobody`)).toBe(4003)
    expect(await closeCode(channelArn)).toBe(4003)
  },
)
write(
  'authorisation',
  'code',
  'Given an unknown user, when the stock session starts, then start() rejects with 4003 and does not try again',
  async () => {
    using session = await createSdkSession(world.endpoint, `${world.appInstanceArn}/user/nobody`)
    await expect(session.start()).rejects.toMatchObject({ code: 4003 })
    expect(session.socketsCount).toBe(1)
  },
)

write(
  'behaviour',
  'proposed',
  'Given a session id that is in use by the same user, when it connects again, then the older one is closed with 4002',
  async () => {
    const user = await world.user()
    using older = await connectSession(world.endpoint, user, { sessionId: 'one' })
    using newer = await connectSession(world.endpoint, user, { sessionId: 'one' })
    expect((await older.closed).code).toBe(4002)
    const MessageId = await world.post(await world.channel(user), user)
    await newer.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId })
  },
)
write(
  'behaviour',
  'proposed',
  'Given ten sockets of a user, when an eleventh connects, then it is closed with 4429 and the ten live on',
  async () => {
    const user = await world.user()
    const ten = []
    while (ten.length < 10) ten.push(await world.listen(user))
    expect(await closeCode(user)).toBe(4429)
    const channelArn = await world.channel(user)
    const MessageId = await world.post(channelArn, user)
    for (const session of ten) await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId })
  },
)
write(
  'behaviour',
  'proposed',
  'Given small frames from a client, when they arrive, then they are ignored',
  async () => {
    const user = await world.user()
    using session = await connectSession(world.endpoint, user)
    for (const frame of ['hello', '{"no":', '']) session.socket.send(frame)
    const MessageId = await world.post(await world.channel(user), user)
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId })
  },
)
write(
  'behaviour',
  'proposed',
  'Given a huge frame from a client, when it arrives, then the socket is closed with 1009',
  async () => {
    using session = await connectSession(world.endpoint, await world.user())
    session.socket.send('x'.repeat(1024 * 1024))
    expect((await session.closed).code).toBe(1009)
  },
)
write(
  'behaviour',
  'doc',
  'Given a server that is told to stop, when it drains, then sockets are closed with 1012',
  async () => {
    const server = await startServer()
    using clients = createSdkClients(server)
    const scenario = await createScenario(clients)
    using session = await connectSession(server, await scenario.user('ana'))
    await server.stop()
    expect((await session.closed).code).toBe(1012)
  },
)
write(
  'behaviour',
  'code',
  'Given a started session, when the app stops it, then it ends without another socket',
  async () => {
    using session = await createSdkSession(world.endpoint, await world.user())
    await session.start()
    session.stop()
    expect([1000, 1005]).toContain(await session.stopped)
    expect(session.socketsCount).toBe(1)
  },
)

write(
  'events emitted',
  'doc',
  'Given two users on stock sessions, when they talk, then both see both messages in one order',
  async () => {
    const [ana, bo] = [await world.user('Ana'), await world.user('Bo')]
    const channelArn = await world.channel(ana)
    await world.join(channelArn, ana, bo)
    using first = await createSdkSession(world.endpoint, ana)
    using second = await createSdkSession(world.endpoint, bo)
    await Promise.all([first.start(), second.start()])
    const ids = [
      await world.post(channelArn, ana, 'Hi Bo'),
      await world.post(channelArn, bo, 'Hi Ana'),
    ]
    for (const session of [first, second]) {
      await session.waitFor(
        (message) => (message.payload as string | null)?.includes(ids[1]!) === true,
      )
      const seen = session.messages.filter(({ type }) => type === 'CREATE_CHANNEL_MESSAGE')
      expect(
        seen.map(({ payload }) => (JSON.parse(payload) as { MessageId: string }).MessageId),
      ).toEqual(ids)
    }
  },
)

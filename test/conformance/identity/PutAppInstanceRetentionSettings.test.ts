// Conformance of PutAppInstanceRetentionSettings.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { DAY_MS, startMovedTime } from '../kit/moved-time.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { isRemote, unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('PutAppInstanceRetentionSettings')

const put = (AppInstanceArn: string, ChannelRetentionSettings: object | undefined) =>
  world.identity.putAppInstanceRetentionSettings({
    AppInstanceArn,
    AppInstanceRetentionSettings:
      ChannelRetentionSettings === undefined ? {} : { ChannelRetentionSettings },
  })
const get = (AppInstanceArn: string) =>
  world.identity.getAppInstanceRetentionSettings({ AppInstanceArn })
const prepare = async () => {
  const { appInstanceArn } = await world.stranger()
  return () => put(appInstanceArn, { RetentionDays: 7 })
}
const whole = ['AppInstanceRetentionSettings', 'InitiateDeletionTimestamp']

write(
  'wire',
  'inferred',
  'Given a period, when it is put, then 200 with the settings and the instant thirty days ahead, in epoch seconds',
  async () => {
    const body = await succeeds((await prepare())(), 200, whole)
    expect(body['AppInstanceRetentionSettings']).toEqual({
      ChannelRetentionSettings: { RetentionDays: 7 },
    })
    const seconds = body['InitiateDeletionTimestamp'] as number
    const expected = (Date.now() + 30 * DAY_MS) / 1000
    expect(Math.abs(seconds - expected)).toBeLessThan(300)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, undefined)

write(
  'validation',
  'model',
  'Given a period of 1 or 5475 days, when it is put, then it is accepted; 0, 5476 and no settings are not, and change nothing',
  async () => {
    const { appInstanceArn } = await world.stranger()
    await succeeds(put(appInstanceArn, { RetentionDays: 1 }), 200, whole)
    await succeeds(put(appInstanceArn, { RetentionDays: 5475 }), 200, whole)
    await failsNaming(put(appInstanceArn, { RetentionDays: 0 }), 'RetentionDays')
    await failsNaming(put(appInstanceArn, { RetentionDays: 5476 }), 'RetentionDays')
    const without = world.identity.putAppInstanceRetentionSettings({
      AppInstanceArn: appInstanceArn,
      AppInstanceRetentionSettings: undefined,
    })
    await failsNaming(without, 'AppInstanceRetentionSettings')
    const { AppInstanceRetentionSettings } = await get(appInstanceArn)
    expect(AppInstanceRetentionSettings?.ChannelRetentionSettings?.RetentionDays).toBe(5475)
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted app instance or a user, when settings are put, then ForbiddenException',
  async () => {
    const { appInstanceArn: gone } = await world.stranger()
    await world.identity.deleteAppInstance({ AppInstanceArn: gone })
    const unknown = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    for (const arn of [gone, unknown, await world.user()]) {
      await fails(put(arn, { RetentionDays: 1 }), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'doc',
  'Given a period, when empty channel settings or none at all are put, then it is switched off, without an instant of deletion',
  async () => {
    const { appInstanceArn } = await world.stranger()
    for (const off of [{}, undefined]) {
      await put(appInstanceArn, { RetentionDays: 7 })
      const body = await succeeds(put(appInstanceArn, off), 200, ['AppInstanceRetentionSettings'])
      expect(body['AppInstanceRetentionSettings']).toEqual({ ChannelRetentionSettings: {} })
      expect(await succeeds(get(appInstanceArn), 200, Object.keys(body))).toEqual(body)
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given messages older than the period, when it is put, then every read leaves them out, and they come back when it is extended or switched off',
  async () => {
    if (isRemote) return
    await using time = await startMovedTime()
    const { AppInstanceArn } = await time.clients.identity.createAppInstance({
      Name: 'Archive',
      ClientRequestToken: unique(),
    })
    const { AppInstanceUserArn: ChimeBearer } = await time.clients.identity.createAppInstanceUser({
      AppInstanceArn,
      AppInstanceUserId: 'ana',
      Name: 'Ana',
      ClientRequestToken: unique(),
    })
    await time.clients.identity.createAppInstanceAdmin({
      AppInstanceArn,
      AppInstanceAdminArn: ChimeBearer,
    })
    const { ChannelArn } = await time.clients.messaging.createChannel({
      AppInstanceArn,
      Name: 'Lobby',
      ClientRequestToken: unique(),
      ChimeBearer,
    })
    const send = async (Content: string) => {
      const { MessageId } = await time.clients.messaging.sendChannelMessage({
        ChannelArn,
        Content,
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: unique(),
        ChimeBearer,
      })
      return { ChannelArn, MessageId, ChimeBearer }
    }
    const old = await send('old')
    time.pass(2 * DAY_MS)
    await send('young')
    const contents = async () => {
      const { ChannelMessages } = await time.clients.messaging.listChannelMessages({
        ChannelArn,
        ChimeBearer,
      })
      return ChannelMessages?.map(({ Content }) => Content)
    }
    const retain = (ChannelRetentionSettings: { RetentionDays?: number }) =>
      time.clients.identity.putAppInstanceRetentionSettings({
        AppInstanceArn,
        AppInstanceRetentionSettings: { ChannelRetentionSettings },
      })
    expect(await contents()).toEqual(['young', 'old'])
    await retain({ RetentionDays: 1 })
    expect(await contents()).toEqual(['young'])
    await fails(time.clients.messaging.getChannelMessage(old), 'NotFoundException')
    const status = { ...old, ContentType: undefined }
    await fails(time.clients.messaging.getChannelMessageStatus(status), 'ForbiddenException')
    await fails(time.clients.messaging.redactChannelMessage(old), 'ForbiddenException')
    await fails(time.clients.messaging.deleteChannelMessage(old), 'ForbiddenException')
    const edit = { ...old, Content: 'edited' }
    await fails(time.clients.messaging.updateChannelMessage(edit), 'ForbiddenException')
    await retain({ RetentionDays: 3 })
    expect(await contents()).toEqual(['young', 'old'])
    await retain({ RetentionDays: 1 })
    expect(await contents()).toEqual(['young'])
    await retain({})
    expect(await contents()).toEqual(['young', 'old'])
    const { ChannelMessage } = await time.clients.messaging.getChannelMessage(old)
    expect(ChannelMessage?.Content).toBe('old')
  },
)
write(
  'behaviour',
  'inferred',
  'Given a period, when it is put again later, then the deletion begins thirty days after that',
  async () => {
    if (isRemote) return
    await using time = await startMovedTime()
    const { AppInstanceArn } = await time.clients.identity.createAppInstance({
      Name: 'Archive',
      ClientRequestToken: unique(),
    })
    const retain = async (RetentionDays: number) => {
      const { InitiateDeletionTimestamp } =
        await time.clients.identity.putAppInstanceRetentionSettings({
          AppInstanceArn,
          AppInstanceRetentionSettings: { ChannelRetentionSettings: { RetentionDays } },
        })
      return InitiateDeletionTimestamp!.getTime()
    }
    const first = await retain(7)
    time.pass(10 * DAY_MS)
    const second = await retain(14)
    expect(Math.round((second - first) / DAY_MS)).toBe(10)
    const read = await time.clients.identity.getAppInstanceRetentionSettings({ AppInstanceArn })
    expect(read.InitiateDeletionTimestamp?.getTime()).toBe(second)
  },
)
write(
  'behaviour',
  'doc',
  'Given a period of one app instance, when another one is read, then it has none',
  async () => {
    const [one, other] = [await world.stranger(), await world.stranger()]
    await put(one.appInstanceArn, { RetentionDays: 7 })
    expect(at(await get(other.appInstanceArn), 'InitiateDeletionTimestamp')).toBeUndefined()
  },
)

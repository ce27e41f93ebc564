// The role matrix over HTTP: each row of test/authorization/matrix.ts asked by each kind of caller
// in channels of each privacy and mode. Callers who are banned are left to the work that brings
// bans.
import { expect } from 'vitest'
import { matrixCells } from '../authorization/matrix.ts'
import type { MatrixCell } from '../authorization/matrix.ts'
import { casesOf } from './kit/conformance-case.ts'
import type { CaseWriter } from './kit/conformance-case.ts'
import { createFlow, putFlowBefore } from './kit/flows.ts'
import { unique, useWorld } from './kit/world.ts'

const world = useWorld()

/** A channel with everyone whom a cell speaks of. */
interface Stage {
  readonly channelArn: string
  readonly caller: string
  readonly member: string
  readonly hidden: string
  readonly outsider: string
  readonly messageId: string
}

const people = { admin: '', owner: '', member: '', hidden: '', third: '', outsider: '' }
let gathered: Promise<void> | undefined
const gather = () =>
  (gathered ??= (async () => {
    people.admin = await world.admin()
    for (const name of ['owner', 'member', 'hidden', 'third', 'outsider'] as const) {
      people[name] = await world.user(name)
    }
  })())

async function setUp({ asked, column, privacy, mode }: MatrixCell): Promise<Stage> {
  await gather()
  const { owner, member, hidden, third, outsider } = people
  const caller = column === 'Adm' ? people.admin : await world.user('Caller')
  const channelArn = await world.channel(owner, {
    Privacy: privacy,
    Mode: mode,
    MemberArns: [member, third],
    ...(column === 'Mod' ? { ModeratorArns: [caller] } : {}),
  })
  await world.joinHidden(channelArn, owner, hidden)
  let messageId = ''
  if (asked.of === 'self' && operationOf(asked).endsWith('ChannelMessage')) {
    await world.join(channelArn, owner, caller)
    messageId = await world.post(channelArn, caller)
    await leave(channelArn, caller)
  } else {
    const Target = asked.target === 'others' ? { Target: [{ MemberArn: third }] } : {}
    messageId = await world.post(channelArn, member, 'x', Target)
  }
  if (column === 'Mem') await world.join(channelArn, owner, caller)
  if (column === 'Hid') await world.joinHidden(channelArn, owner, caller)
  return { channelArn, caller, member, hidden, outsider, messageId }
}

const leave = (ChannelArn: string, MemberArn: string) =>
  world.messaging.deleteChannelMembership({ ChannelArn, MemberArn, ChimeBearer: MemberArn })

const operations = new Map(matrixCells().map(({ asked, operation }) => [asked, operation]))
const operationOf = (asked: MatrixCell['asked']) => operations.get(asked) ?? ''

function ask({ operation, asked }: MatrixCell, stage: Stage): Promise<object> {
  const { messaging, appInstanceArn } = world
  const { caller, channelArn, member, hidden, outsider, messageId } = stage
  const channel = { ChannelArn: channelArn, ChimeBearer: caller }
  const message = { ...channel, MessageId: messageId }
  const newcomer = asked.of === 'self' ? caller : outsider
  const known = asked.of === 'self' ? caller : asked.type === 'HIDDEN' ? hidden : member
  const typed = asked.type === undefined ? {} : { Type: asked.type }
  switch (operation) {
    case 'CreateChannel':
      return messaging.createChannel({
        AppInstanceArn: appInstanceArn,
        Name: 'New',
        ClientRequestToken: unique(),
        ChimeBearer: caller,
      })
    case 'UpdateChannel':
      return messaging.updateChannel({ ...channel, Name: 'Renamed' })
    case 'DeleteChannel':
      return messaging.deleteChannel(channel)
    case 'DescribeChannel':
      return messaging.describeChannel(channel)
    case 'PutChannelExpirationSettings':
      return messaging.putChannelExpirationSettings(channel)
    case 'AssociateChannelFlow':
      return createFlow(world).then((ChannelFlowArn) =>
        messaging.associateChannelFlow({ ...channel, ChannelFlowArn }),
      )
    case 'DisassociateChannelFlow':
      return putFlowBefore(world, channelArn, people.owner).then((ChannelFlowArn) =>
        messaging.disassociateChannelFlow({ ...channel, ChannelFlowArn }),
      )
    case 'ListChannels':
      return messaging.listChannels({
        AppInstanceArn: appInstanceArn,
        ChimeBearer: caller,
        Privacy: asked.privacy,
      })
    case 'ListChannelMembershipsForAppInstanceUser':
      return messaging.listChannelMembershipsForAppInstanceUser({
        AppInstanceUserArn: asked.of === 'self' ? caller : member,
        ChimeBearer: caller,
      })
    case 'CreateChannelMembership':
      return messaging.createChannelMembership({
        ...channel,
        MemberArn: newcomer,
        Type: asked.type ?? 'DEFAULT',
      })
    case 'BatchCreateChannelMembership':
      return messaging.batchCreateChannelMembership({
        ...channel,
        MemberArns: [newcomer],
        ...typed,
      })
    case 'DescribeChannelMembership':
      return messaging.describeChannelMembership({ ...channel, MemberArn: known })
    case 'ListChannelMemberships':
      return messaging.listChannelMemberships({ ...channel, ...typed })
    case 'DeleteChannelMembership':
      return messaging.deleteChannelMembership({ ...channel, MemberArn: known })
    case 'SendChannelMessage':
      return messaging.sendChannelMessage({
        ...channel,
        Content: 'x',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: unique(),
        ...(asked.target === undefined
          ? {}
          : { Target: [{ MemberArn: asked.target === 'member' ? member : outsider }] }),
      })
    case 'GetChannelMessage':
      return messaging.getChannelMessage(message)
    case 'ListChannelMessages':
      return messaging.listChannelMessages(channel)
    case 'UpdateChannelMessage':
      return messaging.updateChannelMessage({ ...message, Content: 'edited' })
    case 'RedactChannelMessage':
      return messaging.redactChannelMessage(message)
    case 'DeleteChannelMessage':
      return messaging.deleteChannelMessage(message)
    default:
      throw new Error(`no request is known for ${String(operation satisfies never)}`)
  }
}

const ANSWERS: Readonly<Record<string, MatrixCell['answer']>> = {
  ForbiddenException: 'N',
  NotFoundException: '404',
  ConflictException: '409',
}

async function answerTo(cell: MatrixCell): Promise<string> {
  const stage = await setUp(cell)
  return ask(cell, stage).then(
    () => 'Y',
    (error: Error) => ANSWERS[error.name] ?? `${error.name}: ${error.message}`,
  )
}

const writers = new Map<string, CaseWriter>()
const cells = matrixCells().filter(({ column, asked }) => column !== 'Ban' && asked.of !== 'banned')
for (const asked of new Set(cells.map((cell) => cell.asked))) {
  const row = cells.filter((cell) => cell.asked === asked)
  const operation = row[0]!.operation
  if (!writers.has(operation)) writers.set(operation, casesOf(operation))
  const { row: _row, ...rest } = asked
  const subject = Object.entries(rest)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
  writers.get(operation)!(
    'authorisation',
    'doc',
    `Given each role in channels of each privacy and mode, when it asks${subject === '' ? '' : ` (${subject})`}, then it is answered as the role matrix says`,
    async () => {
      const answers = []
      for (const cell of row) answers.push([placeOf(cell), await answerTo(cell)])
      expect(answers).toEqual(row.map((cell) => [placeOf(cell), cell.answer]))
    },
  )
}

function placeOf({ column, privacy, mode }: MatrixCell): string {
  return `${column} ${privacy} ${mode}`
}

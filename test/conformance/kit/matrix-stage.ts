// A channel with everyone whom a cell of the role matrix speaks of, and the request that the cell
// asks for.
import { expect } from 'vitest'
import { answerOfError } from '../../authorization/policy-answers.ts'
import type { BearerOperation, MatrixCell } from '../../authorization/matrix.ts'
import { createFlow, putFlowBefore } from './flows.ts'
import { unique, type World } from './world.ts'

/** Who stands by in every channel; none of them is the one who asks. */
interface Extras {
  readonly owner: string
  readonly admin: string
  readonly member: string
  readonly third: string
  readonly hidden: string
  readonly outsider: string
  readonly banned: string
}

interface Stage extends Extras {
  readonly channelArn: string
  readonly caller: string
  readonly messageId: string
  /** Where everyone is who is a member of an elastic channel; absent for others. */
  readonly subChannelId?: string | undefined
  readonly isModerator: boolean
}

/** The smallest configuration that there is. */
export const ELASTIC = {
  MaximumSubChannels: 2,
  TargetMembershipsPerSubChannel: 2,
  MinimumMembershipPercentage: 40,
}

/** One whose members are all in one sub-channel. */
const ROOMY = { ...ELASTIC, TargetMembershipsPerSubChannel: 10 }

/** Asks cells; every stage has a caller and a channel of its own. */
export interface MatrixAsker {
  answerTo(cell: MatrixCell): Promise<string>
}

/** An asker whose callers come from `createCaller`, without a role anywhere. */
export function createMatrixAsker(world: World, createCaller: () => Promise<string>): MatrixAsker {
  let extras: Promise<Extras> | undefined
  const shared = new Map<string, Promise<Stage>>()
  const build = async (cell: MatrixCell) =>
    setUp(world, await (extras ??= gatherExtras(world)), cell, await createCaller())
  function stageFor(cell: MatrixCell): Promise<Stage> {
    if (!leavesAll(cell)) return build(cell)
    const { kind, column, privacy, mode, asked, operation } = cell
    const { of, type, target } = asked
    const key = [kind, column, privacy, mode, of, type, target, isAboutMessage(operation)].join()
    const stage = shared.get(key) ?? build(cell)
    shared.set(key, stage)
    return stage
  }
  return {
    async answerTo(cell) {
      const stage = await stageFor(cell)
      return requests[cell.operation](world, stage, cell.asked).then(
        () => 'Y',
        (error: Error) => answerOfError(error.name),
      )
    },
  }
}

/** Whether the channel is afterwards as before: what is refused or only reads can share one. */
function leavesAll({ operation, answer }: MatrixCell): boolean {
  // These two change the flow of the channel before they ask.
  if (operation.endsWith('ssociateChannelFlow')) return false
  return answer !== 'Y' || /^(Describe|List|Get|Search)/.test(operation)
}

function isAboutMessage(operation: BearerOperation): boolean {
  return /^(Get|Update|Redact|Delete)ChannelMessage(Status)?$/.test(operation)
}

/** Those who stand by. */
async function gatherExtras(world: World): Promise<Extras> {
  const [owner, admin, member, third] = [
    await world.user(),
    await world.admin(),
    await world.user(),
    await world.user(),
  ]
  const [hidden, outsider] = [await world.user(), await world.user()]
  return { owner, admin, member, third, hidden, outsider, banned: await world.user() }
}

async function setUp(
  world: World,
  extras: Extras,
  { asked, column, privacy, mode, kind, operation }: MatrixCell,
  caller: string,
): Promise<Stage> {
  const { owner, member, third, hidden, banned } = extras
  if (column === 'Adm') {
    const { appInstanceArn: AppInstanceArn } = world
    await world.identity.createAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn: caller })
  }
  const isElastic = kind === 'elastic'
  const channelArn = await world.channel(owner, {
    Privacy: privacy,
    Mode: mode,
    ...(isElastic ? { ElasticChannelConfiguration: ROOMY } : { MemberArns: [member, third] }),
    ...(column === 'Mod' ? { ModeratorArns: [caller] } : {}),
  })
  if (asked.of === 'banned') await world.ban(channelArn, owner, banned)
  const subChannelId = isElastic ? await openSubChannel(world, channelArn, extras) : undefined
  const stage = {
    ...extras,
    channelArn,
    caller,
    messageId: 'none',
    subChannelId,
    isModerator: column === 'Mod',
  }
  if (isAboutMessage(operation)) {
    stage.messageId = await postFor(world, stage, asked)
  }
  if (!isElastic && asked.type === 'HIDDEN') await world.joinHidden(channelArn, owner, hidden)
  if (column === 'Mem') await world.join(channelArn, owner, caller)
  if (column === 'Hid') await world.joinHidden(channelArn, owner, caller)
  if (column === 'Ban') await world.ban(channelArn, owner, caller)
  return stage
}

/** The first members; returns the sub-channel that they are in. */
async function openSubChannel(
  world: World,
  channelArn: string,
  { owner, member, third }: Extras,
): Promise<string> {
  await world.join(channelArn, owner, member, third)
  const channel = { ChannelArn: channelArn, ChimeBearer: owner }
  const { SubChannels = [] } = await world.messaging.listSubChannels(channel)
  expect(SubChannels).toMatchObject([{ MembershipCount: 2 }])
  return SubChannels[0]!.SubChannelId!
}

/** The message that a request is about; whoever sent it itself has left since. */
async function postFor(world: World, stage: Stage, asked: MatrixCell['asked']): Promise<string> {
  const { channelArn, owner, caller, member, third } = stage
  if (asked.of !== 'self') {
    const Target = asked.target === 'others' ? { Target: [{ MemberArn: third }] } : {}
    return world.post(channelArn, member, 'x', { ...Target, ...place(stage) })
  }
  await world.messaging.createChannelMembership({
    ChannelArn: channelArn,
    MemberArn: caller,
    Type: 'DEFAULT',
    ChimeBearer: owner,
    ...ownPlace(stage, asked),
  })
  const messageId = await world.post(channelArn, caller, 'x', place(stage))
  await world.messaging.deleteChannelMembership({
    ChannelArn: channelArn,
    MemberArn: caller,
    ChimeBearer: caller,
  })
  return messageId
}

type Ask = (world: World, stage: Stage, asked: MatrixCell['asked']) => Promise<object>

const channel = ({ channelArn, caller }: Stage) => {
  return { ChannelArn: channelArn, ChimeBearer: caller }
}
/** For requests about what is in a sub-channel. */
const place = ({ subChannelId }: Stage) =>
  subChannelId === undefined ? {} : { SubChannelId: subChannelId }
const message = (stage: Stage) => {
  return { ...channel(stage), ...place(stage), MessageId: stage.messageId }
}
const typed = ({ type }: MatrixCell['asked']) => (type === undefined ? {} : { Type: type })

/** Whom a request is about, if someone who is in the channel already. */
function known(stage: Stage, { of = 'other', type }: MatrixCell['asked']): string {
  if (of === 'self') return stage.caller
  if (of === 'other') return type === 'HIDDEN' ? stage.hidden : stage.member
  return of === 'moderator' ? stage.owner : stage[of]
}

/** Whom a request is to make a member. */
function newcomer(stage: Stage, { of }: MatrixCell['asked']): string {
  if (of === 'banned') return stage.banned
  return of === 'self' ? stage.caller : stage.outsider
}

/** Moderators alone choose where to be, and only for themselves. */
const ownPlace = (stage: Stage, { of }: MatrixCell['asked']) =>
  stage.isModerator && of === 'self' ? place(stage) : {}

const memberOf = (stage: Stage, asked: MatrixCell['asked']) => {
  return { ...channel(stage), MemberArn: known(stage, asked) }
}
const moderatorOf = (stage: Stage, asked: MatrixCell['asked']) => {
  return { ...channel(stage), ChannelModeratorArn: known(stage, asked) }
}
const userOf = (stage: Stage, asked: MatrixCell['asked']) => {
  return { AppInstanceUserArn: known(stage, asked), ChimeBearer: stage.caller }
}

/** An operation that the matrix has and this has not does not compile. */
const requests: Readonly<Record<BearerOperation, Ask>> = {
  CreateChannel: ({ messaging, appInstanceArn }, { caller }, _asked) =>
    messaging.createChannel({
      AppInstanceArn: appInstanceArn,
      Name: 'New',
      ClientRequestToken: unique(),
      ChimeBearer: caller,
    }),
  UpdateChannel: ({ messaging }, stage) =>
    messaging.updateChannel({ ...channel(stage), Name: 'Renamed' }),
  DeleteChannel: ({ messaging }, stage) => messaging.deleteChannel(channel(stage)),
  DescribeChannel: ({ messaging }, stage) => messaging.describeChannel(channel(stage)),
  PutChannelExpirationSettings: ({ messaging }, stage) =>
    messaging.putChannelExpirationSettings(channel(stage)),
  async AssociateChannelFlow(world, stage) {
    const ChannelFlowArn = await createFlow(world)
    return world.messaging.associateChannelFlow({ ...channel(stage), ChannelFlowArn })
  },
  async DisassociateChannelFlow(world, stage) {
    const ChannelFlowArn = await putFlowBefore(world, stage.channelArn, stage.owner)
    return world.messaging.disassociateChannelFlow({ ...channel(stage), ChannelFlowArn })
  },
  ListChannels: ({ messaging, appInstanceArn }, { caller }, { privacy }) =>
    messaging.listChannels({
      AppInstanceArn: appInstanceArn,
      ChimeBearer: caller,
      Privacy: privacy,
    }),
  SearchChannels: ({ messaging }, { caller, member }) =>
    messaging.searchChannels({
      ChimeBearer: caller,
      Fields: [{ Key: 'MEMBERS', Operator: 'INCLUDES', Values: [member] }],
    }),
  ListChannelMembershipsForAppInstanceUser: ({ messaging }, stage, asked) =>
    messaging.listChannelMembershipsForAppInstanceUser(userOf(stage, asked)),
  ListChannelsModeratedByAppInstanceUser: ({ messaging }, stage, asked) =>
    messaging.listChannelsModeratedByAppInstanceUser(userOf(stage, asked)),
  DescribeChannelMembershipForAppInstanceUser: ({ messaging }, stage, asked) =>
    messaging.describeChannelMembershipForAppInstanceUser({
      ...channel(stage),
      ...userOf(stage, asked),
    }),
  DescribeChannelModeratedByAppInstanceUser: ({ messaging }, stage, asked) =>
    messaging.describeChannelModeratedByAppInstanceUser({
      ...channel(stage),
      ...userOf(stage, asked),
    }),
  PutChannelMembershipPreferences: ({ messaging }, stage, asked) =>
    messaging.putChannelMembershipPreferences({
      ...memberOf(stage, asked),
      Preferences: { PushNotifications: { AllowNotifications: 'NONE' } },
    }),
  GetChannelMembershipPreferences: ({ messaging }, stage, asked) =>
    messaging.getChannelMembershipPreferences(memberOf(stage, asked)),
  UpdateChannelReadMarker: ({ messaging }, stage) =>
    messaging.updateChannelReadMarker(channel(stage)),
  CreateChannelMembership: ({ messaging }, stage, asked) =>
    messaging.createChannelMembership({
      ...channel(stage),
      ...ownPlace(stage, asked),
      MemberArn: newcomer(stage, asked),
      Type: asked.type ?? 'DEFAULT',
    }),
  BatchCreateChannelMembership: ({ messaging }, stage, asked) =>
    messaging.batchCreateChannelMembership({
      ...channel(stage),
      ...ownPlace(stage, asked),
      MemberArns: [newcomer(stage, asked)],
      ...typed(asked),
    }),
  DescribeChannelMembership: ({ messaging }, stage, asked) =>
    messaging.describeChannelMembership({ ...memberOf(stage, asked), ...place(stage) }),
  ListChannelMemberships: ({ messaging }, stage, asked) =>
    messaging.listChannelMemberships({ ...channel(stage), ...place(stage), ...typed(asked) }),
  DeleteChannelMembership: ({ messaging }, stage, asked) =>
    messaging.deleteChannelMembership(memberOf(stage, asked)),
  CreateChannelModerator: ({ messaging }, stage, asked) =>
    messaging.createChannelModerator(moderatorOf(stage, asked)),
  DeleteChannelModerator: ({ messaging }, stage, asked) =>
    messaging.deleteChannelModerator(moderatorOf(stage, asked)),
  DescribeChannelModerator: ({ messaging }, stage, asked) =>
    messaging.describeChannelModerator(moderatorOf(stage, asked)),
  ListChannelModerators: ({ messaging }, stage) => messaging.listChannelModerators(channel(stage)),
  CreateChannelBan: ({ messaging }, stage, asked) =>
    messaging.createChannelBan(memberOf(stage, asked)),
  DeleteChannelBan: ({ messaging }, stage, asked) =>
    messaging.deleteChannelBan(memberOf(stage, asked)),
  DescribeChannelBan: ({ messaging }, stage, asked) =>
    messaging.describeChannelBan(memberOf(stage, asked)),
  ListChannelBans: ({ messaging }, stage) => messaging.listChannelBans(channel(stage)),
  ListSubChannels: ({ messaging }, stage) => messaging.listSubChannels(channel(stage)),
  SendChannelMessage: ({ messaging }, stage, { target }) =>
    messaging.sendChannelMessage({
      ...channel(stage),
      ...place(stage),
      Content: 'x',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ClientRequestToken: unique(),
      ...(target === undefined
        ? {}
        : { Target: [{ MemberArn: target === 'member' ? stage.member : stage.outsider }] }),
    }),
  GetChannelMessage: ({ messaging }, stage) => messaging.getChannelMessage(message(stage)),
  GetChannelMessageStatus: ({ messaging }, stage) =>
    messaging.getChannelMessageStatus(message(stage)),
  ListChannelMessages: ({ messaging }, stage) =>
    messaging.listChannelMessages({ ...channel(stage), ...place(stage) }),
  UpdateChannelMessage: ({ messaging }, stage) =>
    messaging.updateChannelMessage({ ...message(stage), Content: 'edited' }),
  RedactChannelMessage: ({ messaging }, stage) => messaging.redactChannelMessage(message(stage)),
  DeleteChannelMessage: ({ messaging }, stage) => messaging.deleteChannelMessage(message(stage)),
}

// Every operation that changes anything in an elastic channel, done once where a member of one of
// its sub-channels looks on.
import { unique, type World } from '../kit/world.ts'

/** Where it is done: `viewer` and `member` are in one sub-channel, `stranger` in the other. */
export interface ElasticPlace {
  readonly channelArn: string
  readonly owner: string
  readonly viewer: string
  readonly member: string
  /** In both sub-channels. */
  readonly moderator: string
  readonly stranger: string
  /** In none. */
  readonly newcomer: string
  readonly admin: string
  readonly subChannelId: string
  readonly otherSubChannelId: string
  /** Of the viewer, in its sub-channel. */
  readonly messageId: string
  /** In the other one. */
  readonly otherMessageId: string
}

export type ElasticAct = (place: ElasticPlace) => Promise<unknown>

/** The acts in `world`, by the operation, with what is special behind a comma. */
export function elasticActsIn(world: World): Readonly<Record<string, ElasticAct>> {
  const as = ({ channelArn }: ElasticPlace, ChimeBearer: string) => {
    return { ChannelArn: channelArn, ChimeBearer }
  }
  const here = (place: ElasticPlace, bearer: string) => {
    return { ...as(place, bearer), SubChannelId: place.subChannelId, MessageId: place.messageId }
  }
  const there = (place: ElasticPlace, bearer: string) => {
    const { otherSubChannelId: SubChannelId, otherMessageId: MessageId } = place
    return { ...as(place, bearer), SubChannelId, MessageId }
  }
  const remove = (place: ElasticPlace, MemberArn: string, more = {}) =>
    world.messaging.deleteChannelMembership({ ...as(place, place.owner), MemberArn, ...more })
  const add = (place: ElasticPlace, MemberArn: string) =>
    world.messaging.createChannelMembership({
      ...as(place, place.owner),
      MemberArn,
      Type: 'DEFAULT',
    })
  const send = (place: ElasticPlace, sender: string, SubChannelId: string) =>
    world.post(place.channelArn, sender, unique(), { SubChannelId })
  return {
    SendChannelMessage: (place) => send(place, place.member, place.subChannelId),
    'SendChannelMessage, elsewhere': (place) =>
      send(place, place.moderator, place.otherSubChannelId),
    UpdateChannelMessage: (place) =>
      world.messaging.updateChannelMessage({ ...here(place, place.viewer), Content: 'edited' }),
    RedactChannelMessage: (place) =>
      world.messaging.redactChannelMessage(here(place, place.moderator)),
    DeleteChannelMessage: (place) => world.messaging.deleteChannelMessage(here(place, place.admin)),
    'RedactChannelMessage, elsewhere': (place) =>
      world.messaging.redactChannelMessage(there(place, place.owner)),
    'DeleteChannelMessage, elsewhere': (place) =>
      world.messaging.deleteChannelMessage(there(place, place.admin)),
    UpdateChannel: (place) =>
      world.messaging.updateChannel({ ...as(place, place.owner), Name: 'N', Metadata: 'm' }),
    CreateChannelMembership: (place) => add(place, place.newcomer),
    BatchCreateChannelMembership: (place) =>
      world.messaging.batchCreateChannelMembership({
        ...as(place, place.owner),
        MemberArns: [place.newcomer, place.admin],
      }),
    'CreateChannelMembership, of a moderator': (place) =>
      world.messaging.createChannelMembership({
        ...as(place, place.owner),
        MemberArn: place.owner,
        Type: 'DEFAULT',
        SubChannelId: place.subChannelId,
      }),
    DeleteChannelMembership: (place) => remove(place, place.member),
    'DeleteChannelMembership, elsewhere': (place) => remove(place, place.stranger),
    'DeleteChannelMembership, of a moderator in one sub-channel': (place) =>
      remove(place, place.moderator, { SubChannelId: place.subChannelId }),
    'DeleteChannelMembership, of a moderator in all': (place) => remove(place, place.moderator),
    CreateChannelBan: (place) => world.ban(place.channelArn, place.owner, place.member),
    CreateChannelModerator: (place) =>
      world.messaging.createChannelModerator({
        ...as(place, place.owner),
        ChannelModeratorArn: place.member,
      }),
    DeleteChannelModerator: (place) =>
      world.messaging.deleteChannelModerator({
        ...as(place, place.owner),
        ChannelModeratorArn: place.moderator,
      }),
    DeleteAppInstanceUser: (place) =>
      world.identity.deleteAppInstanceUser({ AppInstanceUserArn: place.member }),
  }
}

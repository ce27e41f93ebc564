// What each API can tag: how cases make such resources, and ARNs that name none.
import { createFlow } from './flows.ts'
import type { TaggedKinds } from './tag-cases.ts'
import { unique, type World } from './world.ts'

/** Channels and channel flows. */
export function messagingKinds(world: World): TaggedKinds {
  return {
    service: 'messaging',
    async create() {
      return { channel: await world.channel(await world.user()), flow: await createFlow(world) }
    },
    async createDeletable() {
      const arn = await createFlow(world)
      return { arn, remove: () => world.messaging.deleteChannelFlow({ ChannelFlowArn: arn }) }
    },
    unknown: () => [
      `${world.appInstanceArn}/channel/none`,
      `${world.appInstanceArn}/channel-flow/none`,
      `${elsewhere(world)}/channel/none`,
      `${world.appInstanceArn}/poll/none`,
      'arn:aws:s3:::bucket',
    ],
  }
}

/** App instances, users and bots. */
export function identityKinds(world: World): TaggedKinds {
  return {
    service: 'identity',
    async create() {
      const { AppInstanceArn } = await world.identity.createAppInstance({
        Name: 'Tagged',
        ClientRequestToken: unique(),
      })
      return {
        'app instance': AppInstanceArn!,
        user: await world.user(),
        bot: await world.bot(),
      }
    },
    async createDeletable() {
      const arn = await world.user()
      const remove = () => world.identity.deleteAppInstanceUser({ AppInstanceUserArn: arn })
      return { arn, remove }
    },
    unknown: () => [
      `${world.appInstanceArn}/user/none`,
      `${world.appInstanceArn}/bot/none`,
      elsewhere(world),
      `${elsewhere(world)}/user/none`,
      world.appInstanceArn.replace(/[^/]+$/, 'unknown'),
    ],
  }
}

/** The world's app instance as it would be called in another account. */
function elsewhere({ appInstanceArn }: World): string {
  return appInstanceArn.replace(/:\d{12}:/, ':999999999999:')
}

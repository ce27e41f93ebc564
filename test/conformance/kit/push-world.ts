// A world whose server pushes to devices: by servers that behave like Apple's and Google's, and by
// a webhook. Not for AWS, whose devices nobody here holds.
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll } from 'vitest'
import type { RegisterAppInstanceUserEndpointRequest } from '@aws-sdk/client-chime-sdk-identity'
import type { PushNotificationConfiguration } from '@aws-sdk/client-chime-sdk-messaging'
import type { ReceivedApnsPush } from '../../harness/apns-server.ts'
import {
  appleToken,
  pushAppArn,
  startPushProviders,
  type PushApp,
  type PushProviders,
} from '../../harness/push-providers.ts'
import { registerDevice } from './endpoints.ts'
import { openWorld, type World } from './world.ts'

export interface PushWorld extends World, Pick<PushProviders, 'apple' | 'google' | 'webhook'> {
  /** A new user with a device of Apple's; `token` is the device's. */
  phone(
    input?: Partial<RegisterAppInstanceUserEndpointRequest>,
    app?: PushApp,
  ): Promise<{ readonly arn: string; readonly token: string; readonly endpointId: string }>
  /** Sends a message that is pushed with `title`; returns its id. */
  push(
    channelArn: string,
    bearer: string,
    title: string,
    input?: Parameters<World['post']>[3] & { PushNotification?: PushNotificationConfiguration },
  ): Promise<string>
  /** What a device of Apple's was shown so far: titles, in order. */
  shown(token: string): readonly string[]
  /** Resolves with the push of this title to a device of Apple's, sent before or after. */
  isShown(token: string, title: string): Promise<ReceivedApnsPush>
}

/** One for the cases of a file; it exists from before the first case on. */
export function usePushWorld(): PushWorld {
  const world = {} as PushWorld
  const before = getCACertificates('default')
  let end = () => Promise.resolve()
  beforeAll(async () => {
    const providers = await startPushProviders()
    setDefaultCACertificates([...before, providers.authority])
    const opened = await openWorld({ settings: providers.settings })
    Object.assign(world, pushWorldOf(opened.world, providers))
    end = async () => {
      await opened.end()
      await providers[Symbol.asyncDispose]()
      setDefaultCACertificates(before)
    }
  })
  afterAll(() => end())
  return world
}

function pushWorldOf(world: World, providers: PushProviders): PushWorld {
  const { apple, google, webhook } = providers
  const toDevice = (token: string) =>
    apple.received.items.filter((push) => push.deviceToken === token)
  return {
    ...world,
    apple,
    google,
    webhook,
    async phone(input = {}, app = 'shop') {
      const arn = await world.user()
      const token = appleToken()
      const { EndpointId } = await registerDevice(world, arn, {
        ResourceArn: pushAppArn(app),
        EndpointAttributes: { DeviceToken: token },
        ...input,
      })
      return { arn, token, endpointId: EndpointId! }
    },
    push(channelArn, bearer, title, { PushNotification, ...input } = {}) {
      return world.post(channelArn, bearer, 'What nobody is to read on a locked screen', {
        PushNotification: {
          Type: 'DEFAULT',
          Title: title,
          Body: 'You have mail',
          ...PushNotification,
        },
        ...input,
      })
    },
    shown: (token) => toDevice(token).map(titleOf),
    isShown: (token, title) =>
      apple.received.first((push) => push.deviceToken === token && titleOf(push) === title),
  }
}

function titleOf({ payload }: ReceivedApnsPush): string {
  return String(payload['pinpoint.notification.title'])
}

// A world whose server pushes to devices: by servers that behave like Apple's and Google's, and by a
// webhook. Not for AWS, whose devices nobody here holds.
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll } from 'vitest'
import type { RegisterAppInstanceUserEndpointRequest } from '@aws-sdk/client-chime-sdk-identity'
import type { PushNotificationConfiguration } from '@aws-sdk/client-chime-sdk-messaging'
import {
  startApnsServer,
  type ApnsServer,
  type ReceivedApnsPush,
} from '../../harness/apns-server.ts'
import { startFcmServer, type FcmServer } from '../../harness/fcm-server.ts'
import type { StartServerOptions } from '../../harness/start-server.ts'
import { createTestAuthority } from '../../harness/test-authority.ts'
import { startWebhookServer, type WebhookServer } from '../../harness/webhook-server.ts'
import { pushAppOf, registerDevice } from './endpoints.ts'
import { functionArn } from './flows.ts'
import { writeOutboundFile } from './outbound-file.ts'
import { openWorld, unique, type World } from './world.ts'

/** Who pushes for the applications, by the last part of their ARNs. */
export const APPS = ['shop', 'hook', 'quiet'] as const
export type PushApp = (typeof APPS)[number]
/** The function that a flow's processor names; it leads to the webhook. */
export const PROCESSOR = 'moderate'
const SCOPE = { region: 'us-east-1', accountId: '123456789012' }

export interface PushProviders extends AsyncDisposable {
  readonly apple: ApnsServer
  readonly google: FcmServer
  readonly webhook: WebhookServer
  /** PEM of the authority behind the certificates of both. */
  readonly authority: string
  /** For CARILLON_OUTBOUND. */
  readonly path: string
}

/** The providers, and the operator's file that leads to them. */
export async function startPushProviders(): Promise<PushProviders> {
  const authority = await createTestAuthority()
  const apple = await startApnsServer(authority)
  const google = await startFcmServer(authority)
  const webhook = await startWebhookServer()
  const endpoint = SCOPE as World['endpoint']
  const arnOf = (app: PushApp) => pushAppOf({ endpoint } as World, app)
  const apns = {
    key: { file: 'apns.p8' },
    keyId: apple.keyId,
    teamId: apple.teamId,
    topic: apple.topic,
    address: apple.address,
    certificateAuthority: { file: 'authority.pem' },
  }
  const hook = { kind: 'webhook', url: webhook.url, secret: { file: 'webhook.txt' } }
  const file = await writeOutboundFile(
    {
      push: {
        [arnOf('shop')]: {
          apns,
          fcm: { serviceAccount: { file: 'account.json' }, url: google.url },
        },
        [arnOf('hook')]: { webhook: hook },
        [arnOf('quiet')]: { apns, sparesSenders: true },
      },
      processors: { [functionArn({ endpoint } as World, PROCESSOR)]: hook },
    },
    {
      'apns.p8': apple.key,
      'authority.pem': authority.certificate,
      'account.json': google.serviceAccount,
      'webhook.txt': webhook.secret,
    },
  )
  return {
    apple,
    google,
    webhook,
    authority: authority.certificate,
    path: file.path,
    async [Symbol.asyncDispose]() {
      await Promise.all([apple, google, webhook, file].map((each) => each[Symbol.asyncDispose]()))
    },
  }
}

/** Settings of a server that pushes by them. */
export function pushSettings({ path }: Pick<PushProviders, 'path'>) {
  return { ...SCOPE, outbound: path }
}

export interface PushWorld extends World, Omit<PushProviders, keyof AsyncDisposable> {
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

/** A token as Apple's devices have them. */
export function appleToken(): string {
  return (unique() + unique()).replaceAll('-', '')
}

/** One for the cases of a file; it exists from before the first case on. */
export function usePushWorld(overrides: StartServerOptions['overrides'] = {}): PushWorld {
  const world = {} as PushWorld
  const before = getCACertificates('default')
  let end = () => Promise.resolve()
  beforeAll(async () => {
    const providers = await startPushProviders()
    setDefaultCACertificates([...before, providers.authority])
    const opened = await openWorld({ settings: pushSettings(providers), overrides })
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
  const { apple, google, webhook, authority, path } = providers
  const toDevice = (token: string) =>
    apple.received.items.filter((push) => push.deviceToken === token)
  return {
    ...world,
    apple,
    google,
    webhook,
    authority,
    path,
    async phone(input = {}, app = 'shop') {
      const arn = await world.user()
      const token = appleToken()
      const { EndpointId } = await registerDevice(world, arn, {
        ResourceArn: pushAppOf(world, app),
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

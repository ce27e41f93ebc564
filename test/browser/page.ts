// What runs in the browser's page: the official SDK and amazon-chime-sdk-js, bundled as an app
// bundles them. The test calls these functions; see browser.test.ts.
import * as messaging from '@aws-sdk/client-chime-sdk-messaging'
import {
  DefaultMessagingSession,
  MessagingSessionConfiguration,
  NoOpLogger,
} from 'amazon-chime-sdk-js'

export interface PageSettings {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

export interface SeenEvent {
  readonly type: string
  readonly payload: Record<string, unknown>
}

/** What the page remembers of its session. */
export interface SessionLog {
  readonly events: SeenEvent[]
  readonly connecting: boolean[]
  started: number
  stoppedWith: number | undefined
}

let settings: PageSettings
let client: messaging.ChimeSDKMessaging
const log: SessionLog = { events: [], connecting: [], started: 0, stoppedWith: undefined }

export function configure(given: PageSettings): void {
  settings = given
  client = new messaging.ChimeSDKMessaging({ ...settings, maxAttempts: 1 })
}

/**
 * Starts the session; returns undefined, or the close code when it is refused. `socketCredentials`
 * sign the socket alone: the call for the endpoint is made before.
 */
export async function start(
  userArn: string,
  socketCredentials = settings.credentials,
): Promise<number | undefined> {
  const { Endpoint } = await client.getMessagingSessionEndpoint({})
  const signing = new messaging.ChimeSDKMessagingClient({
    ...settings,
    credentials: socketCredentials,
  })
  const configuration = new MessagingSessionConfiguration(userArn, null, Endpoint?.Url, signing)
  const session = new DefaultMessagingSession(configuration, new NoOpLogger())
  session.addObserver({
    messagingSessionDidStart: () => void log.started++,
    messagingSessionDidStartConnecting: (again) => void log.connecting.push(again),
    messagingSessionDidStop: ({ code }) => void (log.stoppedWith = code),
    messagingSessionDidReceiveMessage: ({ type, payload }) => {
      const decoded = payload ? (JSON.parse(payload) as Record<string, unknown>) : {}
      log.events.push({ type, payload: decoded })
    },
  })
  try {
    await session.start()
    return undefined
  } catch (error) {
    return (error as { code: number }).code
  }
}

export async function send(
  channelArn: string,
  bearer: string,
  content: string,
): Promise<string | undefined> {
  const { MessageId } = await client.sendChannelMessage({
    ChannelArn: channelArn,
    ChimeBearer: bearer,
    Content: content,
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
  })
  return MessageId
}

/** Calls one operation that fails, and says what an app sees of it. */
export async function failure(
  operation: 'describe' | 'bearer' | 'name',
  bearer: string,
  arn: string,
) {
  try {
    if (operation === 'name') {
      await client.updateChannel({ ChannelArn: arn, ChimeBearer: bearer, Name: '' })
    } else {
      const ChimeBearer = operation === 'bearer' ? `${bearer}-nobody` : bearer
      await client.describeChannel({ ChannelArn: arn, ChimeBearer })
    }
  } catch (error) {
    const types = {
      ForbiddenException: messaging.ForbiddenException,
      UnauthorizedClientException: messaging.UnauthorizedClientException,
      BadRequestException: messaging.BadRequestException,
    }
    const seen = error as Error & { Code?: string; $metadata?: { requestId?: string } }
    return {
      types: Object.entries(types).flatMap(([name, type]) => (error instanceof type ? [name] : [])),
      code: seen.Code,
      hasMessage: seen.message !== '',
      hasRequestId: seen.$metadata?.requestId !== undefined,
    }
  }
  return undefined
}

export const sessionLog = (): SessionLog => log

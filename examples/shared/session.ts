// What a person sees live: a messaging session, signed as amazon-chime-sdk-js signs it.
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { CREDENTIALS, REGION, type Carillon } from './carillon.ts'

/** An event as an application reads it. */
export interface SessionEvent {
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
}

export interface Session extends Disposable {
  /** The next event that satisfies `isWanted`, among those that came and those to come. */
  next(isWanted: (event: SessionEvent) => boolean): Promise<SessionEvent>
}

/** Connects as a user; resolves when events arrive. */
export async function openSession({ url }: Carillon, userArn: string): Promise<Session> {
  const socket = new WebSocket(await signedUrl(new URL(url), userArn))
  const waiting: SessionEvent[] = []
  let wake: (() => void) | undefined
  socket.addEventListener('message', (frame) => {
    const { Headers, Payload } = JSON.parse(String(frame.data)) as {
      readonly Headers: Readonly<Record<string, string>>
      readonly Payload?: string
    }
    const payload = JSON.parse(Payload ?? '{}') as SessionEvent['payload']
    waiting.push({ type: Headers['x-amz-chime-event-type'] ?? '', payload })
    wake?.()
  })
  const session: Session = {
    async next(isWanted) {
      for (;;) {
        const index = waiting.findIndex(isWanted)
        const [event] = index < 0 ? [] : waiting.splice(index, 1)
        if (event !== undefined) return event
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    [Symbol.dispose]: () => socket.close(),
  }
  await session.next(({ type }) => type === 'SESSION_ESTABLISHED')
  return session
}

/** `ws://…/connect?…`, good for ten seconds. */
async function signedUrl({ host, hostname, port }: URL, userArn: string): Promise<string> {
  const signer = new SignatureV4({
    credentials: CREDENTIALS,
    region: REGION,
    service: 'chime',
    sha256: Sha256,
  })
  const { query } = await signer.presign(
    {
      method: 'GET',
      protocol: 'ws:',
      hostname,
      port: Number(port),
      path: '/connect',
      query: { sessionId: 'example', userArn },
      headers: { host },
    },
    { expiresIn: 10 },
  )
  const pairs = Object.entries(query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  )
  return `ws://${host}/connect?${pairs.join('&')}`
}

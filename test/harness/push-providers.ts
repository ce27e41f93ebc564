// Everybody who pushes to devices, on loopback, and the operator's file that leads to them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApnsServer, type ApnsServer } from './apns-server.ts'
import { startFcmServer, type FcmServer } from './fcm-server.ts'
import { createTestAuthority } from './test-authority.ts'
import { startWebhookServer, type WebhookServer } from './webhook-server.ts'

/** `shop` leads to Apple and Google, `hook` to the webhook; `quiet` to Apple, sparing senders. */
export type PushApp = 'shop' | 'hook' | 'quiet'
/** The function that a flow's processor may name; it leads to the webhook. */
export const PROCESSOR = 'moderate'

const SCOPE = { region: 'us-east-1', accountId: '123456789012' } as const

export interface PushProviders extends AsyncDisposable {
  readonly apple: ApnsServer
  readonly google: FcmServer
  readonly webhook: WebhookServer
  /** PEM of the authority behind the certificates of Apple and Google. */
  readonly authority: string
  /** Of a server that pushes by them. */
  readonly settings: {
    readonly region: string
    readonly accountId: string
    readonly outbound: string
  }
}

export async function startPushProviders(): Promise<PushProviders> {
  const testAuthority = await createTestAuthority()
  const { certificate: authority } = testAuthority
  const apple = await startApnsServer(testAuthority)
  const google = await startFcmServer(testAuthority)
  const webhook = await startWebhookServer()
  const apns = {
    key: { file: 'apns.p8' },
    keyId: apple.keyId,
    teamId: apple.teamId,
    topic: apple.topic,
    address: apple.address,
    certificateAuthority: { file: 'authority.pem' },
  }
  const fcm = { serviceAccount: { file: 'account.json' }, url: google.url }
  const hook = { kind: 'webhook', url: webhook.url, secret: { file: 'webhook.txt' } }
  const processor = `arn:aws:lambda:${SCOPE.region}:${SCOPE.accountId}:function:${PROCESSOR}`
  const targets = {
    push: {
      [pushAppArn('shop')]: { apns, fcm },
      [pushAppArn('hook')]: { webhook: hook },
      [pushAppArn('quiet')]: { apns, sparesSenders: true },
    },
    processors: { [processor]: hook },
  }
  const directory = await mkdtemp(join(tmpdir(), 'carillon-push-'))
  const files = {
    'outbound.json': JSON.stringify(targets),
    'apns.p8': apple.key,
    'authority.pem': authority,
    'account.json': google.serviceAccount,
    'webhook.txt': webhook.secret,
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(directory, name), text, { mode: 0o600 })
  }
  return {
    apple,
    google,
    webhook,
    authority,
    settings: { ...SCOPE, outbound: join(directory, 'outbound.json') },
    async [Symbol.asyncDispose]() {
      await Promise.all([apple, google, webhook].map((each) => each[Symbol.asyncDispose]()))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export function pushAppArn(app: PushApp): string {
  return `arn:aws:mobiletargeting:${SCOPE.region}:${SCOPE.accountId}:apps/${app}`
}

/** A token as Apple's devices have them. */
export function appleToken(): string {
  return (crypto.randomUUID() + crypto.randomUUID()).replaceAll('-', '')
}

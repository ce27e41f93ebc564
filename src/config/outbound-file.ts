// What the file of CARILLON_OUTBOUND may say, and how it is told what it may not. Secrets stand in
// files or variables of their own, never in this one; nothing that is said here repeats its text.
import { z } from 'zod'
import { isAllowedUrl } from '../base/allowed-url.ts'
import { ConfigError } from './config.ts'
import { listDuplicateKeys } from './duplicate-keys.ts'

const url = z.string().refine(isAllowedUrl, {
  error: 'must be an https:// URL without a user (http:// only within this machine)',
})
/** A secret by the file that holds it, or by the variable of the environment. */
const secretSource = z.union(
  [z.strictObject({ file: z.string() }), z.strictObject({ variable: z.string() })],
  { error: 'must be {"file": …} or {"variable": …}: secrets do not stand in this file' },
)
const webhook = z.strictObject({ kind: z.literal('webhook'), url, secret: secretSource })
const processor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lambda') }),
  webhook,
])
const jetstream = z
  .strictObject({
    kind: z.literal('jetstream'),
    servers: z
      .array(
        z.string().regex(/^(nats|tls):\/\/[^/@\s]+$/, {
          error: 'must be nats://host:port or tls://host:port, without a user',
        }),
      )
      .min(1),
    subject: z.string().regex(/^[^\s.*>]+(\.[^\s.*>]+)*$/, {
      error: 'must be a subject without wildcards',
    }),
    credentials: secretSource.optional(),
    token: secretSource.optional(),
    user: z.string().min(1).optional(),
    password: secretSource.optional(),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    error: 'user and password go together',
  })
  .refine(
    ({ credentials, token, user }) =>
      [credentials, token, user].filter((each) => each !== undefined).length <= 1,
    { error: 'takes one of credentials, token, and user with password' },
  )
const stream = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kinesis') }),
  jetstream,
  webhook,
])
const apns = z.strictObject({
  key: secretSource,
  keyId: z.string().min(1),
  teamId: z.string().min(1),
  topic: z.string().min(1),
  address: z
    .string()
    .regex(/^[^/:\s]+:\d{1,5}$/, { error: 'must be host:port' })
    .optional(),
  certificateAuthority: z.strictObject({ file: z.string() }).optional(),
})
const fcm = z.strictObject({ serviceAccount: secretSource, url: url.optional() })
const push = z
  .strictObject({
    apns: apns.optional(),
    fcm: fcm.optional(),
    webhook: webhook.optional(),
    sparesSenders: z.boolean().optional(),
  })
  .refine((target) => target.apns ?? target.fcm ?? target.webhook, {
    error: 'needs at least one of apns, fcm and webhook',
  })
const bot = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('lex') }), webhook])

const byArn = <Target extends z.ZodType>(service: string, target: Target) =>
  z
    .record(
      z.string().regex(new RegExp(`^arn:[^:\\s*]+:${service}:[^\\s*]*(?:[^\\s*]|\\*)$`), {
        error: `must be an ARN of ${service}, or its beginning and a *`,
      }),
      target,
    )
    .default({})

const outboundFile = z.strictObject({
  processors: byArn('lambda', processor),
  streams: byArn('kinesis', stream),
  push: byArn('mobiletargeting', push),
  bots: byArn('lex', bot),
})

/** A service account, as Google hands it out; what else stands there is ignored. */
const serviceAccount = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  token_uri: url,
})

export type WrittenSecret = z.infer<typeof secretSource>
export type WrittenWebhook = z.infer<typeof webhook>
export type WrittenJetStream = z.infer<typeof jetstream>
export type WrittenApns = z.infer<typeof apns>
export type WrittenFcm = z.infer<typeof fcm>
export type WrittenTargets = z.infer<typeof outboundFile>
export type WrittenServiceAccount = z.infer<typeof serviceAccount>

/** Throws ConfigError, which begins with `where`, unless `text` is what the file may say. */
export function parseOutboundFile(text: string, where: string): WrittenTargets {
  return checked(outboundFile, parseJson(text, where), where)
}

/** Likewise, for what Google hands out. */
export function parseServiceAccount(text: string, where: string): WrittenServiceAccount {
  return checked(serviceAccount, parseJson(text, where), where)
}

/** The error of JSON.parse may quote the text, and with it a secret: only its place is told. */
function parseJson(text: string, where: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const place = /\(line \d+ column \d+\)/.exec(error instanceof Error ? error.message : '')
    throw new ConfigError(`${where} is no JSON${place === null ? '' : ` ${place[0]}`}`)
  }
  const lines = listDuplicateKeys(text).map((keys) => `  ${placeOf(keys)}stands there twice`)
  if (lines.length > 0) throw new ConfigError([`${where}:`, ...lines].join('\n'))
  return value
}

function checked<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  where: string,
): z.infer<Shape> {
  const result = shape.safeParse(value)
  const lines = result.success
    ? brokenTextsIn(result.data, [])
    : result.error.issues.map((issue) => `  ${placeOf(issue.path)}${textOf(issue)}`)
  if (result.success && lines.length === 0) return result.data
  throw new ConfigError([`${where}:`, ...lines].join('\n'))
}

/** What no store, address or subject can hold, as requests may not have it either. */
function brokenTextsIn(value: unknown, path: readonly string[]): readonly string[] {
  if (typeof value === 'string') {
    return value.isWellFormed() ? [] : [`  ${placeOf(path)}holds half of a surrogate pair`]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key.isWellFormed()
      ? brokenTextsIn(inner, [...path, key])
      : [`  ${placeOf(path)}a key holds half of a surrogate pair`],
  )
}

/** `streams › arn:… › url: `; empty for the whole. */
function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : `${path.map(String).join(' › ')}: `
}

/** What is wrong with a key stands within. */
function textOf(issue: z.core.$ZodIssue): string {
  const [inner] = issue.code === 'invalid_key' ? issue.issues : []
  return inner?.message ?? issue.message
}

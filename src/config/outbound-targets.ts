// The operator's word on where things may go that leave the server: the file that CARILLON_OUTBOUND
// names, and the services of AWS that an endpoint is set for. Secrets stand in files or variables
// of their own, never in this one.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { isAllowedUrl } from '../base/allowed-url.ts'
import type { ArnScope } from '../base/arn.ts'
import type {
  ApnsTarget,
  BotTarget,
  FcmTarget,
  JetStreamTarget,
  OutboundTargets,
  ProcessorTarget,
  PushTarget,
  StreamTarget,
  TargetsByArn,
  WebhookTarget,
} from '../domain/outbound-mapping.ts'
import { ConfigError, type OutboundConfig } from './config.ts'

/** Characters of a webhook's secret: fewer can be guessed. */
const SECRET_CHARACTERS_MIN = 16

const url = z.string().refine(isAllowedUrl, {
  error: 'must be an https:// URL without a user (http:// only within this machine)',
})
/** A secret by the file that holds it, or by the variable of the environment. */
const secretSource = z.union([
  z.strictObject({ file: z.string() }),
  z.strictObject({ variable: z.string() }),
])
const webhook = z.strictObject({ kind: z.literal('webhook'), url, secret: secretSource })
const processor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lambda') }),
  webhook,
])
const jetstream = z.strictObject({
  kind: z.literal('jetstream'),
  servers: z.array(z.string().regex(/^(nats|tls):\/\/[^/@]+$/)).min(1),
  subject: z.string().regex(/^[^\s.*>]+(\.[^\s.*>]+)*$/),
  credentials: secretSource.optional(),
  token: secretSource.optional(),
  user: z.string().optional(),
  password: secretSource.optional(),
})
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
    .regex(/^[^/:\s]+:\d{1,5}$/)
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
      z.string().regex(new RegExp(`^arn:[^:]+:${service}:\\S+$`), {
        error: `must be an ARN of ${service}, or its beginning and a *`,
      }),
      target,
    )
    .default({})

/** What the file may say. */
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

type Secret = z.infer<typeof secretSource>

/** Reads a variable of the environment; undefined for one that is not set. */
export type ReadVariable = (name: string) => string | undefined

/**
 * Every target that the operator named. Throws ConfigError, which says what is wrong and where, for
 * a file that cannot be read or does not say what it should, and for a secret that is not there.
 */
export function readOutboundTargets(
  config: OutboundConfig,
  scope: ArnScope,
  readVariable: ReadVariable,
): OutboundTargets {
  const ofAws = awsTargets(config, scope)
  if (config.file === undefined) return ofAws
  const directory = path.dirname(path.resolve(config.file))
  const file = parseFile(config.file)
  const read = (secret: Secret, where: string) =>
    readSecret(secret, { directory, where: `${config.file}: ${where}`, readVariable })
  return {
    processors: {
      ...ofAws.processors,
      ...targetsOf<z.infer<typeof processor>, ProcessorTarget>(file.processors, (each, where) =>
        each.kind === 'webhook' ? webhookOf(each, where, read) : each,
      ),
    },
    streams: {
      ...ofAws.streams,
      ...targetsOf<z.infer<typeof stream>, StreamTarget>(file.streams, (each, where) => {
        if (each.kind === 'webhook') return webhookOf(each, where, read)
        return each.kind === 'jetstream' ? jetStreamOf(each, where, read) : each
      }),
    },
    push: targetsOf<z.infer<typeof push>, PushTarget>(file.push, (each, where) => ({
      apns: each.apns && apnsOf(each.apns, where, read),
      fcm: each.fcm && fcmOf(each.fcm, where, read),
      webhook: each.webhook && webhookOf(each.webhook, where, read),
      sparesSenders: each.sparesSenders,
    })),
    bots: {
      ...ofAws.bots,
      ...targetsOf<z.infer<typeof bot>, BotTarget>(file.bots, (each, where) =>
        each.kind === 'webhook' ? webhookOf(each, where, read) : each,
      ),
    },
  }
}

/** All ARNs of a service of AWS that may be spoken to, in the region and account of this server. */
function awsTargets({ awsServices }: OutboundConfig, scope: ArnScope): OutboundTargets {
  const all = <Target>(service: 'lambda' | 'kinesis' | 'lex', target: Target) =>
    awsServices.has(service)
      ? { [`arn:aws:${service}:${scope.region}:${scope.accountId}:*`]: target }
      : {}
  return {
    processors: all('lambda', { kind: 'lambda' }),
    streams: all('kinesis', { kind: 'kinesis' }),
    push: {},
    bots: all('lex', { kind: 'lex' }),
  }
}

function parseFile(file: string): z.infer<typeof outboundFile> {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigError(`CARILLON_OUTBOUND: ${file} cannot be read: ${messageOf(error)}`)
  }
  return checked(outboundFile, value, file)
}

function checked<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  where: string,
): z.infer<Shape> {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  throw new ConfigError(`${where}:\n${z.prettifyError(result.error)}`)
}

function targetsOf<Written, Target>(
  written: TargetsByArn<Written>,
  targetOf: (each: Written, where: string) => Target,
): TargetsByArn<Target> {
  return Object.fromEntries(
    Object.entries(written).map(([arn, each]) => [arn, targetOf(each, arn)]),
  )
}

type ReadSecret = (secret: Secret, where: string) => string

function webhookOf(
  { url: address, secret }: z.infer<typeof webhook>,
  where: string,
  read: ReadSecret,
): WebhookTarget {
  const text = read(secret, `the secret of ${where}`).trim()
  if (text.length < SECRET_CHARACTERS_MIN) {
    throw new ConfigError(
      `the secret of ${where} must have at least ${SECRET_CHARACTERS_MIN} characters`,
    )
  }
  return { kind: 'webhook', url: address, secret: text }
}

function jetStreamOf(
  written: z.infer<typeof jetstream>,
  where: string,
  read: ReadSecret,
): JetStreamTarget {
  const { kind, servers, subject, user } = written
  const of = (name: 'credentials' | 'token' | 'password') => {
    const secret = written[name]
    return secret && read(secret, `${name} of ${where}`)
  }
  return {
    kind,
    servers,
    subject,
    user,
    credentials: of('credentials'),
    token: of('token')?.trim(),
    password: of('password')?.trim(),
  }
}

function apnsOf(written: z.infer<typeof apns>, where: string, read: ReadSecret): ApnsTarget {
  const { key, keyId, teamId, topic, address, certificateAuthority: authority } = written
  return {
    key: read(key, `the APNs key of ${where}`),
    keyId,
    teamId,
    topic,
    address,
    certificateAuthority: authority && read(authority, `the certificate authority of ${where}`),
  }
}

function fcmOf(written: z.infer<typeof fcm>, where: string, read: ReadSecret): FcmTarget {
  const what = `the service account of ${where}`
  let value: unknown
  try {
    value = JSON.parse(read(written.serviceAccount, what))
  } catch (error) {
    if (error instanceof ConfigError) throw error
    // Its message would quote the text.
    throw new ConfigError(`${what} is no JSON`)
  }
  const account = checked(serviceAccount, value, what)
  return {
    projectId: account.project_id,
    clientEmail: account.client_email,
    privateKey: account.private_key,
    tokenUrl: account.token_uri,
    url: written.url,
  }
}

interface SecretPlace {
  /** Files are named relative to the file that names them. */
  readonly directory: string
  readonly where: string
  readonly readVariable: ReadVariable
}

function readSecret(secret: Secret, { directory, where, readVariable }: SecretPlace): string {
  if ('variable' in secret) {
    const text = readVariable(secret.variable) ?? ''
    if (text === '') throw new ConfigError(`${where}: the variable ${secret.variable} is not set`)
    return text
  }
  try {
    return readFileSync(path.resolve(directory, secret.file), 'utf8')
  } catch (error) {
    throw new ConfigError(`${where}: ${secret.file} cannot be read: ${messageOf(error)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

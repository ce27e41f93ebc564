// The operator's word on where things may go that leave the server: the file that CARILLON_OUTBOUND
// names, and the services of AWS that an endpoint is set for. Here secrets are read and looked at.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import path from 'node:path'
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
import {
  parseOutboundFile,
  parseServiceAccount,
  type WrittenApns,
  type WrittenFcm,
  type WrittenJetStream,
  type WrittenSecret,
  type WrittenTargets,
  type WrittenWebhook,
} from './outbound-file.ts'
import { readOperatorFile } from './operator-file.ts'

/** Characters of a webhook's secret: fewer can be guessed. */
const SECRET_CHARACTERS_MIN = 16

/** Reads a variable of the environment; undefined for one that is not set. */
export type ReadVariable = (name: string) => string | undefined

export interface ReadTargets {
  readonly targets: OutboundTargets
  /**
   * Things to tell the operator that are no reason to refuse. A secret that others may read is one
   * of them: that is how containers are given theirs.
   */
  readonly warnings: readonly string[]
}

/**
 * Every target that the operator named. Throws ConfigError, which says what is wrong and where, for
 * a file that cannot be read or does not say what it should, and for a secret that is not there or
 * cannot be used. No message holds a secret.
 */
export function readOutboundTargets(
  config: OutboundConfig,
  scope: ArnScope,
  readVariable: ReadVariable,
): ReadTargets {
  const ofAws = awsTargets(config, scope)
  if (config.file === undefined) return { targets: ofAws, warnings: [] }
  const where = `CARILLON_OUTBOUND: ${config.file}`
  const written = parseOutboundFile(readOperatorFile(config.file, where).text, where)
  const secrets = new Secrets(path.dirname(path.resolve(config.file)), where, readVariable)
  const ofFile = targetsIn(written, secrets)
  return {
    targets: {
      processors: { ...ofAws.processors, ...ofFile.processors },
      streams: { ...ofAws.streams, ...ofFile.streams },
      push: ofFile.push,
      bots: { ...ofAws.bots, ...ofFile.bots },
    },
    warnings: secrets.warnings,
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

function targetsIn(written: WrittenTargets, secrets: Secrets): OutboundTargets {
  return {
    processors: mapped(written.processors, (each, where): ProcessorTarget => {
      return each.kind === 'webhook' ? webhookOf(each, where, secrets) : each
    }),
    streams: mapped(written.streams, (each, where): StreamTarget => {
      if (each.kind === 'webhook') return webhookOf(each, where, secrets)
      return each.kind === 'jetstream' ? jetStreamOf(each, where, secrets) : each
    }),
    push: mapped(written.push, ({ apns, fcm, webhook, sparesSenders }, where): PushTarget => ({
      apns: apns && apnsOf(apns, where, secrets),
      fcm: fcm && fcmOf(fcm, where, secrets),
      webhook: webhook && webhookOf(webhook, where, secrets),
      sparesSenders,
    })),
    bots: mapped(written.bots, (each, where): BotTarget => {
      return each.kind === 'webhook' ? webhookOf(each, where, secrets) : each
    }),
  }
}

function mapped<Written, Target>(
  written: TargetsByArn<Written>,
  targetOf: (each: Written, where: string) => Target,
): TargetsByArn<Target> {
  return Object.fromEntries(
    Object.entries(written).map(([arn, each]) => [arn, targetOf(each, arn)]),
  )
}

/** Reads what the file does not hold itself, and says what is wrong with it. */
class Secrets {
  readonly warnings: string[] = []
  /** Files are named relative to the one that names them. */
  readonly #directory: string
  readonly #where: string
  readonly #readVariable: ReadVariable

  constructor(directory: string, where: string, readVariable: ReadVariable) {
    this.#directory = directory
    this.#where = where
    this.#readVariable = readVariable
  }

  /** `what` says which one it is. */
  read(secret: WrittenSecret, what: string): string {
    if ('variable' in secret) {
      const text = this.#readVariable(secret.variable) ?? ''
      if (text.trim() !== '') return text
      throw this.wrong(what, `the variable ${secret.variable} is not set`)
    }
    const file = path.resolve(this.#directory, secret.file)
    const where = `${this.#where}: ${what}: ${secret.file}`
    const { text, isReadableByOthers } = readOperatorFile(file, where)
    if (text.trim() === '') throw this.wrong(what, `${secret.file} is empty`)
    if (isReadableByOthers) {
      this.warnings.push(`${what}: everybody on this machine may read ${secret.file}`)
    }
    return text
  }

  /** One that is no secret. */
  readCertificate(file: string, what: string): string {
    const where = `${this.#where}: ${what}: ${file}`
    const { text } = readOperatorFile(path.resolve(this.#directory, file), where)
    if (!isCertificate(text)) throw this.wrong(what, `${file} is no certificate in PEM`)
    return text
  }

  /** As `text`, which is to be a private key in PEM of the type that signs there. */
  checkKey(text: string, type: 'ec' | 'rsa', what: string): string {
    let found: string | undefined
    try {
      found = createPrivateKey(text).asymmetricKeyType
    } catch {
      // Its message is OpenSSL's, and of no use to anybody.
    }
    if (found !== type) throw this.wrong(what, `is no private key (${type}) in PEM`)
    return text
  }

  wrong(what: string, why: string): ConfigError {
    return new ConfigError(`${this.#where}: ${what}: ${why}`)
  }

  placeOf(what: string): string {
    return `${this.#where}: ${what}`
  }
}

function webhookOf(
  { kind, url, secret }: WrittenWebhook,
  where: string,
  secrets: Secrets,
): WebhookTarget {
  const what = `the secret of ${where}`
  const text = secrets.read(secret, what).trim()
  if (text.length < SECRET_CHARACTERS_MIN) {
    throw secrets.wrong(what, `must have at least ${SECRET_CHARACTERS_MIN} characters`)
  }
  return { kind, url, secret: text }
}

function jetStreamOf(written: WrittenJetStream, where: string, secrets: Secrets): JetStreamTarget {
  const { kind, servers, subject, user } = written
  for (const server of servers) {
    if (isAllowedUrl(server.replace(/^nats:/, 'http:').replace(/^tls:/, 'https:'))) continue
    secrets.warnings.push(`${where}: others may read on the way to ${server}; tls:// prevents it`)
  }
  const of = (name: 'credentials' | 'token' | 'password') => {
    const secret = written[name]
    return secret && secrets.read(secret, `the ${name} of ${where}`)
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

function apnsOf(written: WrittenApns, where: string, secrets: Secrets): ApnsTarget {
  const { key, keyId, teamId, topic, address, certificateAuthority: authority } = written
  const what = `the APNs key of ${where}`
  return {
    key: secrets.checkKey(secrets.read(key, what), 'ec', what),
    keyId,
    teamId,
    topic,
    address,
    certificateAuthority:
      authority && secrets.readCertificate(authority.file, `the certificate authority of ${where}`),
  }
}

function fcmOf(written: WrittenFcm, where: string, secrets: Secrets): FcmTarget {
  const what = `the service account of ${where}`
  const text = secrets.read(written.serviceAccount, what)
  const account = parseServiceAccount(text, secrets.placeOf(what))
  return {
    projectId: account.project_id,
    clientEmail: account.client_email,
    privateKey: secrets.checkKey(account.private_key, 'rsa', what),
    tokenUrl: account.token_uri,
    url: written.url,
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined
  } catch {
    return false
  }
}

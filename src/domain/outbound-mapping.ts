// Which ARNs lead where: the operator's word on every destination. An ARN that is not mapped leads
// nowhere, whatever a caller of the API says.

/** An HTTPS address that takes signed JSON. */
export interface WebhookTarget {
  readonly kind: 'webhook'
  readonly url: string
  /** Of the HMAC; never shown or logged. */
  readonly secret: string
}

/** The function itself, through AWS's Invoke API. */
export interface LambdaTarget {
  readonly kind: 'lambda'
}
/** Where the ARN of a function may lead. */
export type ProcessorTarget = LambdaTarget | WebhookTarget

/** The stream itself, through AWS's PutRecords API. */
export interface KinesisTarget {
  readonly kind: 'kinesis'
}
/** A subject of a JetStream stream, which must exist. */
export interface JetStreamTarget {
  readonly kind: 'jetstream'
  readonly servers: readonly string[]
  readonly subject: string
  /** At most one of them: the text of a credentials file, a token, or a user with a password. */
  readonly credentials?: string | undefined
  readonly token?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
}
/** Where the ARN of a Kinesis stream may lead. */
export type StreamTarget = KinesisTarget | JetStreamTarget | WebhookTarget

/** Apple's push service, with a signing key. */
export interface ApnsTarget {
  /** PEM. */
  readonly key: string
  readonly keyId: string
  readonly teamId: string
  /** The app's bundle id. */
  readonly topic: string
  /** `host:port` instead of Apple's; for tests and proxies. */
  readonly address?: string | undefined
  /** PEM of the authority to trust at `address`. */
  readonly certificateAuthority?: string | undefined
}

/** Firebase Cloud Messaging, version 1, with a service account. */
export interface FcmTarget {
  readonly projectId: string
  readonly clientEmail: string
  /** PEM. */
  readonly privateKey: string
  readonly tokenUrl: string
  /** Instead of Google's; for tests and proxies. */
  readonly url?: string | undefined
}

/** Who pushes to the devices of an application; at least one of them is there. */
export interface PushTarget {
  readonly apns?: ApnsTarget | undefined
  readonly fcm?: FcmTarget | undefined
  /** Takes the devices that have no provider of their own above. */
  readonly webhook?: WebhookTarget | undefined
  /** Whoever sends a message is not pushed it; AWS pushes it to the sender's devices, too. */
  readonly sparesSenders?: boolean | undefined
}

/** The bot itself, through AWS's RecognizeText API. */
export interface LexTarget {
  readonly kind: 'lex'
}
/** Where the ARN of a Lex alias may lead. */
export type BotTarget = LexTarget | WebhookTarget

/** What is written down for one ARN, or for all that begin alike: `…*`. */
export type TargetsByArn<Target> = Readonly<Record<string, Target>>

/** All that the operator has mapped. */
export interface OutboundTargets {
  readonly processors: TargetsByArn<ProcessorTarget>
  readonly streams: TargetsByArn<StreamTarget>
  readonly push: TargetsByArn<PushTarget>
  readonly bots: TargetsByArn<BotTarget>
}

/** Finds the target of an ARN; undefined for one that leads nowhere. */
export interface OutboundMapping {
  processor(arn: string): ProcessorTarget | undefined
  stream(arn: string): StreamTarget | undefined
  push(arn: string): PushTarget | undefined
  /** Whether there is any target of pushes at all. */
  readonly hasPush: boolean
  bot(arn: string): BotTarget | undefined
}

/** The mapping of `targets`: the ARN itself wins, then the longest beginning. */
export function createOutboundMapping(targets: OutboundTargets): OutboundMapping {
  return {
    processor: (arn) => targetOf(targets.processors, arn),
    stream: (arn) => targetOf(targets.streams, arn),
    push: (arn) => targetOf(targets.push, arn),
    hasPush: Object.keys(targets.push).length > 0,
    bot: (arn) => targetOf(targets.bots, arn),
  }
}

function targetOf<Target>(targets: TargetsByArn<Target>, arn: string): Target | undefined {
  if (Object.hasOwn(targets, arn)) return targets[arn]
  const [best] = Object.keys(targets)
    .filter((name) => name.endsWith('*') && arn.startsWith(name.slice(0, -1)))
    .toSorted((one, other) => other.length - one.length)
  return best === undefined ? undefined : targets[best]
}

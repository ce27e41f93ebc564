// Amazon Resource Names of Chime resources: parsing, building, and the branded types that keep an
// app instance's ARN from standing where a channel's belongs.

declare const arnKind: unique symbol

/** An ARN that is known to name a resource of kind `Kind` in our own region and account. */
export type ArnOf<Kind extends ArnKind> = string & { readonly [arnKind]: Kind }

/** The kinds of resource that have an ARN of ours. */
export type ArnKind = 'app-instance' | 'user' | 'bot' | 'channel' | 'channel-flow'
/** Of an app instance. */
export type AppInstanceArn = ArnOf<'app-instance'>
/** Of an AppInstanceUser. */
export type AppInstanceUserArn = ArnOf<'user'>
/** Of an AppInstanceBot. */
export type AppInstanceBotArn = ArnOf<'bot'>
/** Of a channel; sub-channels have none of their own. */
export type ChannelArn = ArnOf<'channel'>
/** Of a channel flow. */
export type ChannelFlowArn = ArnOf<'channel-flow'>
/** Whoever can be a bearer, member, moderator or administrator: a user or a bot. */
export type MemberArn = AppInstanceUserArn | AppInstanceBotArn

/** The parts of a well-formed ARN of one of our five kinds of resource. */
export interface ParsedArn {
  readonly kind: ArnKind
  readonly region: string
  readonly accountId: string
  readonly appInstanceId: string
  /** The id within the app instance; for an app instance its own id. */
  readonly id: string
}

/** The region and account that stand in every ARN of one deployment. */
export interface ArnScope {
  readonly region: string
  readonly accountId: string
}

const KINDS_WITHIN_APP_INSTANCE: ReadonlySet<string> = new Set([
  'user',
  'bot',
  'channel',
  'channel-flow',
])

/**
 * The parts of `text`, or undefined when it is not the ARN of one of our kinds of resource. Ids are
 * not checked beyond being non-empty and free of `/` and of U+0000, which no store can look for: an
 * id that does not exist is not found later.
 */
export function parseArn(text: string): ParsedArn | undefined {
  if (!text.startsWith('arn:') || text.includes('\0')) return undefined
  // arn:PARTITION:chime:REGION:ACCOUNT:RESOURCE, where RESOURCE may hold colons (user ids do).
  const partitionEnd = text.indexOf(':', 4)
  const serviceEnd = text.indexOf(':', partitionEnd + 1)
  const regionEnd = text.indexOf(':', serviceEnd + 1)
  const accountEnd = text.indexOf(':', regionEnd + 1)
  if (partitionEnd < 0 || serviceEnd < 0 || regionEnd < 0 || accountEnd < 0) return undefined
  if (text.slice(partitionEnd + 1, serviceEnd) !== 'chime') return undefined
  const [root, appInstanceId, kind, id, ...rest] = text.slice(accountEnd + 1).split('/')
  if (root !== 'app-instance' || appInstanceId === undefined || appInstanceId === '') {
    return undefined
  }
  const region = text.slice(serviceEnd + 1, regionEnd)
  const accountId = text.slice(regionEnd + 1, accountEnd)
  if (kind === undefined) {
    return { kind: 'app-instance', region, accountId, appInstanceId, id: appInstanceId }
  }
  if (rest.length > 0 || id === undefined || id === '' || !KINDS_WITHIN_APP_INSTANCE.has(kind)) {
    return undefined
  }
  return { kind: kind as ArnKind, region, accountId, appInstanceId, id }
}

/**
 * `text` as an ARN of one of `kinds`, or undefined when it is another kind's or malformed. It may
 * still name another region, account or a resource that does not exist.
 */
export function asArnOf<Kind extends ArnKind>(
  text: string,
  ...kinds: readonly Kind[]
): ArnOf<Kind> | undefined {
  const parsed = parseArn(text)
  return parsed !== undefined && (kinds as readonly ArnKind[]).includes(parsed.kind)
    ? (text as ArnOf<Kind>)
    : undefined
}

/** The ARN of the app instance `appInstanceId`. */
export function appInstanceArnOf(scope: ArnScope, appInstanceId: string): AppInstanceArn {
  return `arn:aws:chime:${scope.region}:${scope.accountId}:app-instance/${appInstanceId}` as AppInstanceArn
}

/** The ARN of a resource of `kind` with `id` within the app instance. */
export function arnWithin<Kind extends Exclude<ArnKind, 'app-instance'>>(
  appInstanceArn: AppInstanceArn,
  kind: Kind,
  id: string,
): ArnOf<Kind> {
  return `${appInstanceArn}/${kind}/${id}` as ArnOf<Kind>
}

/** The app instance that a user, bot, channel or flow belongs to; an app instance is its own. */
export function appInstanceArnWithin(arn: ArnOf<ArnKind>): AppInstanceArn {
  const root = arn.indexOf('app-instance/')
  const end = arn.indexOf('/', root + 'app-instance/'.length)
  return (end < 0 ? arn : arn.slice(0, end)) as AppInstanceArn
}

/** Whether `arn` names a bot and not a user. User ids hold no `/`. */
export function isBot(arn: MemberArn): arn is AppInstanceBotArn {
  const idStart = arn.lastIndexOf('/')
  return arn.endsWith('/bot', idStart)
}

// ARNs in the input of operations: from text to the branded types, with the errors for ARNs that
// cannot be meant. Whether the resource exists is the store's to say; that the bearer is of another
// app instance than the resource was answered before, by the request chain.
import {
  asArnOf,
  appInstanceArnWithin,
  type AppInstanceArn,
  type AppInstanceBotArn,
  type AppInstanceUserArn,
  type ArnKind,
  type ArnOf,
  type ChannelArn,
  type MemberArn,
} from '../base/arn.ts'
import { ACCESS_DENIED_TEXT, BadRequestException, ForbiddenException } from '../domain/errors.ts'
import type { BearerCaller } from '../policies/caller.ts'

/** What AWS answers to an ARN that is no user's or bot's, or one of another app instance. */
// evidence: field (behaviour 2.2)
export const INVALID_MEMBER_ARN_TEXT =
  'An invalid app instance user ARN was supplied for the input parameter.'

/**
 * A channel of the caller's own app instance. Throws ForbiddenException for another kind of ARN or
 * a channel elsewhere, as for one that does not exist.
 */
// evidence: inferred (behaviour 2.3, 8.5)
export function channelArnOf(text: string, caller: BearerCaller): ChannelArn {
  return ownResourceArn(text, caller, 'ChannelArn', 'channel')
}

/** The caller's own app instance. Throws as `channelArnOf`. */
export function ownAppInstanceArnOf(text: string, caller: BearerCaller): AppInstanceArn {
  return ownResourceArn(text, caller, 'AppInstanceArn', 'app-instance')
}

/** An app instance for an operation without a bearer. Throws ForbiddenException. */
export function appInstanceArnOf(text: string): AppInstanceArn {
  return arnOfKind(text, 'AppInstanceArn', 'app-instance')
}

/** A user. Throws ForbiddenException for anything else. */
export function appInstanceUserArnOf(text: string): AppInstanceUserArn {
  const arn = asArnOf(text, 'user')
  if (arn === undefined) throw new ForbiddenException(INVALID_MEMBER_ARN_TEXT)
  return arn
}

/** A bot. Throws ForbiddenException for anything else. */
export function appInstanceBotArnOf(text: string): AppInstanceBotArn {
  return arnOfKind(text, 'AppInstanceBotArn', 'bot')
}

/** A member as a list of ARNs names it. */
export interface RequestedMember {
  readonly text: string
  /** Absent when the text cannot be a user or bot of the app instance. */
  readonly arn: MemberArn | undefined
}

/** The members that a list of ARNs names, each once. */
export function requestedMembers(
  texts: readonly string[] | undefined,
  appInstanceArn: AppInstanceArn,
): readonly RequestedMember[] {
  return [...new Set(texts)].map((text) => ({ text, arn: findMemberArn(text, appInstanceArn) }))
}

/** The member that a message is targeted at, if any. Throws as `memberArnOf`. */
export function targetArnOf(
  target: readonly { readonly MemberArn?: string | undefined }[] | undefined,
  appInstanceArn: AppInstanceArn,
): MemberArn | undefined {
  const first = target?.[0]
  if (first === undefined) return undefined
  if (first.MemberArn === undefined) {
    throw new BadRequestException('Target must name a MemberArn')
  }
  return memberArnOf(first.MemberArn, appInstanceArn)
}

/** A user or bot of the app instance, or undefined when `text` cannot be one. */
function findMemberArn(text: string, appInstanceArn: AppInstanceArn): MemberArn | undefined {
  const arn = asArnOf(text, 'user', 'bot')
  return arn !== undefined && appInstanceArnWithin(arn) === appInstanceArn ? arn : undefined
}

/** A user or bot of the app instance. Throws ForbiddenException for anything else. */
export function memberArnOf(text: string, appInstanceArn: AppInstanceArn): MemberArn {
  const arn = findMemberArn(text, appInstanceArn)
  if (arn === undefined) throw new ForbiddenException(INVALID_MEMBER_ARN_TEXT)
  return arn
}

function ownResourceArn<Kind extends ArnKind>(
  text: string,
  caller: BearerCaller,
  memberName: string,
  kind: Kind,
): ArnOf<Kind> {
  const arn = arnOfKind(text, memberName, kind)
  if (!isWithin(caller.appInstanceArn, arn)) throw new ForbiddenException()
  return arn
}

function arnOfKind<Kind extends ArnKind>(
  text: string,
  memberName: string,
  kind: Kind,
): ArnOf<Kind> {
  const arn = asArnOf(text, kind)
  if (arn === undefined) {
    throw new ForbiddenException(
      `${ACCESS_DENIED_TEXT}: ${memberName} is not the ARN of a resource of type ${kind}`,
    )
  }
  return arn
}

function isWithin(appInstanceArn: AppInstanceArn, text: string): boolean {
  return text === appInstanceArn || text.startsWith(`${appInstanceArn}/`)
}

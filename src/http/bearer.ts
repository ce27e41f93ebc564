// Who the `x-amz-chime-bearer` header speaks for. Any fault of it is a 401 that says which.
import { appInstanceArnWithin, asArnOf, parseArn } from '../base/arn.ts'
import type { ArnOf, ArnKind, ArnScope } from '../base/arn.ts'
import { UnauthorizedClientException } from '../domain/errors.ts'
import type { BearerCaller } from '../policies/caller.ts'
import type { StoreReader } from '../ports/store.ts'

/** Says as whom a request acts. evidence: model */
export const BEARER_HEADER = 'x-amz-chime-bearer'
/** Characters of an ARN anywhere. evidence: model ChimeArn (behaviour 2.3) */
export const ARN_LENGTH_MAX = 1_600

/**
 * The user or bot that `header` names. Throws UnauthorizedClientException when the header is
 * missing or malformed, or when it names nobody who exists.
 */
// evidence: field boto/boto3#2703 (status, first sentence) | inferred (the reason behind it)
export async function findBearer(
  header: string | undefined,
  store: { readonly read: Pick<StoreReader, 'members'> },
): Promise<BearerCaller> {
  if (header === undefined || header === '') throw refusal('the header is missing')
  const arn = header.length > ARN_LENGTH_MAX ? undefined : asArnOf(header, 'user', 'bot')
  if (arn === undefined) throw refusal('it is not the ARN of an AppInstanceUser or AppInstanceBot')
  const identity = await store.read.members.findIdentity(arn)
  if (identity === undefined) throw refusal('there is no such AppInstanceUser or AppInstanceBot')
  return { identity, appInstanceArn: appInstanceArnWithin(arn) }
}

/**
 * Throws UnauthorizedClientException when the bearer belongs to another app instance than the
 * channel or app instance that `input` names. An ARN that is malformed, or of another region or
 * account, is left to the steps behind: it names nothing here.
 */
// evidence: inferred (behaviour 2.2, 12b)
export function checkBearerAppInstance(
  caller: BearerCaller,
  input: Readonly<Record<string, unknown>>,
  scope: ArnScope,
): void {
  const resource = input['ChannelArn'] ?? input['AppInstanceArn']
  if (typeof resource !== 'string' || resource.length > ARN_LENGTH_MAX) return
  // Nearly every request ends here, without parsing.
  if (resource === caller.appInstanceArn || resource.startsWith(`${caller.appInstanceArn}/`)) return
  const parsed = parseArn(resource)
  if (parsed?.region !== scope.region || parsed.accountId !== scope.accountId) return
  if (appInstanceArnWithin(resource as ArnOf<ArnKind>) === caller.appInstanceArn) return
  throw refusal('it belongs to another AppInstance than the resource')
}

function refusal(reason: string): UnauthorizedClientException {
  return new UnauthorizedClientException(
    `An invalid app instance user ARN was supplied for the ${BEARER_HEADER} HTTP header: ${reason}`,
  )
}

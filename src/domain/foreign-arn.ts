// ARNs of other services' resources, which settings name: functions of flows, streams of events.
import type { ArnScope } from '../base/arn.ts'
import { BadRequestException } from './errors.ts'

/** How AWS's own regions are called; other deployments may call theirs as they like. */
// evidence: model LambdaFunctionArn
const AWS_REGION = /^[a-z]{2}-[a-z]+-\d$/

/**
 * Throws BadRequestException, naming the member, unless the ARN is of the region and account of
 * this server. Where the region has a name that AWS's ARNs cannot hold, any region will do.
 */
// evidence: docs channel flows and data streaming (behaviour 5, 6); the error inferred
export function requireOwnArn(arn: string, memberName: string, scope: ArnScope): void {
  const [, , , region, accountId] = arn.split(':')
  if (region !== scope.region && AWS_REGION.test(scope.region)) {
    throw new BadRequestException(`${memberName} must be in the region ${scope.region}`)
  }
  if (accountId !== scope.accountId) {
    throw new BadRequestException(`${memberName} must be in the account ${scope.accountId}`)
  }
}

// Which streams the events of an app instance may go to.
import type { ArnScope } from '../base/arn.ts'
import { BadRequestException } from './errors.ts'
import { requireOwnArn } from './foreign-arn.ts'
import type { StreamingConfiguration } from './identity.ts'
import { parseStreamArn } from './stream-record.ts'

/** What the name of every stream begins with. */
// evidence: docs data streaming (behaviour 6)
const STREAM_NAME_PREFIX = 'chime-messaging-'

/**
 * Throws BadRequestException when a data type comes twice or a resource is not a stream of this
 * server's region and account whose name begins with `chime-messaging-`.
 */
// evidence: docs data streaming; each type once inferred (behaviour 6)
export function requireStreams(
  configurations: readonly StreamingConfiguration[],
  scope: ArnScope,
): void {
  const types = new Set<string>()
  for (const [index, { dataType, resourceArn }] of configurations.entries()) {
    const place = `StreamingConfigurations[${index}]`
    if (types.has(dataType)) {
      throw new BadRequestException(
        `${place}.DataType must be unique, but an earlier one is ${dataType}, too`,
      )
    }
    types.add(dataType)
    const name = parseStreamArn(resourceArn)?.name
    if (name === undefined) {
      throw new BadRequestException(`${place}.ResourceArn is not the ARN of a Kinesis data stream`)
    }
    requireOwnArn(resourceArn, `${place}.ResourceArn`, scope)
    if (!name.startsWith(STREAM_NAME_PREFIX)) {
      throw new BadRequestException(
        `${place}.ResourceArn must name a stream that begins with ${STREAM_NAME_PREFIX}`,
      )
    }
  }
}

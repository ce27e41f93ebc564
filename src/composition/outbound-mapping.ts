// Where things may go that leave the server: read before anything is touched, and told in the log.
import type { Logger } from '../base/logger.ts'
import type { Config } from '../config/config.ts'
import { readSecretVariable } from '../config/env.ts'
import { readOutboundTargets } from '../config/outbound-targets.ts'
import {
  createOutboundMapping,
  type OutboundMapping,
  type OutboundTargets,
} from '../domain/outbound-mapping.ts'

/** Throws ConfigError where the operator's word cannot be understood. */
export function openOutboundMapping(config: Config, logger: Logger): OutboundMapping {
  const { targets, warnings } = readOutboundTargets(config.outbound, config, readSecretVariable)
  for (const warning of warnings) logger.warn(`outbound: ${warning}`)
  const counts = countsOf(targets)
  if (Object.values(counts).some((count) => count > 0)) {
    const awsServices = [...config.outbound.awsServices]
    logger.info({ ...counts, awsServices }, 'outbound: these destinations are mapped')
  }
  return createOutboundMapping(targets)
}

/** How many of each kind; what they are called and where they lead is in the operator's file. */
function countsOf({ processors, streams, push, bots }: OutboundTargets) {
  return {
    processors: Object.keys(processors).length,
    streams: Object.keys(streams).length,
    push: Object.keys(push).length,
    bots: Object.keys(bots).length,
  }
}

// Channel flows between the wire and the domain: the processors that a request names, and flows as
// answers show them.
import { appInstanceArnWithin, asArnOf, type ChannelFlowArn } from '../../base/arn.ts'
import type { Logger } from '../../base/logger.ts'
import type { ChannelFlow, ChannelFlowProcessor } from '../../domain/channel-flow.ts'
import { ACCESS_DENIED_TEXT, ForbiddenException, NotFoundException } from '../../domain/errors.ts'
import type { OutboundMapping } from '../../domain/outbound-mapping.ts'
import type { BearerCaller } from '../../policies/caller.ts'

/** A processor on the wire. */
export interface WireProcessor {
  readonly Name: string
  readonly Configuration: {
    readonly Lambda: { readonly ResourceArn: string; readonly InvocationType: 'ASYNC' }
  }
  readonly ExecutionOrder: number
  readonly FallbackAction: 'CONTINUE' | 'ABORT'
}

/** The processors as given, in the order of the request. */
export function processorsOf(processors: readonly WireProcessor[]): ChannelFlowProcessor[] {
  return processors.map((processor) => ({
    name: processor.Name,
    lambdaArn: processor.Configuration.Lambda.ResourceArn,
    invocationType: processor.Configuration.Lambda.InvocationType,
    executionOrder: processor.ExecutionOrder,
    fallbackAction: processor.FallbackAction,
  }))
}

/** Tells the operator of processors that lead nowhere: they count as failed with every message. */
export function warnOfDeadEnds(
  processors: readonly ChannelFlowProcessor[],
  mapping: Pick<OutboundMapping, 'processor'>,
  logger: Logger,
): void {
  for (const { lambdaArn, fallbackAction } of processors) {
    if (mapping.processor(lambdaArn) !== undefined) continue
    const text = 'the processor leads nowhere, so its FallbackAction decides: see CARILLON_OUTBOUND'
    logger.warn({ processorResourceArn: lambdaArn, fallbackAction }, text)
  }
}

export function presentChannelFlowSummary(flow: ChannelFlow) {
  return {
    ChannelFlowArn: flow.arn,
    Name: flow.name,
    Processors: flow.processors.map(presentProcessor),
  }
}

export function presentChannelFlow(flow: ChannelFlow) {
  return {
    ...presentChannelFlowSummary(flow),
    CreatedTimestamp: new Date(flow.createdAt),
    LastUpdatedTimestamp: new Date(flow.lastUpdatedAt),
  }
}

function presentProcessor(processor: ChannelFlowProcessor): WireProcessor {
  return {
    Name: processor.name,
    Configuration: {
      Lambda: { ResourceArn: processor.lambdaArn, InvocationType: processor.invocationType },
    },
    ExecutionOrder: processor.executionOrder,
    FallbackAction: processor.fallbackAction,
  }
}

/** A flow for an operation without a bearer. Throws ForbiddenException for another kind of ARN. */
// evidence: inferred (behaviour 8.5)
export function channelFlowArnOf(text: string): ChannelFlowArn {
  const arn = asArnOf(text, 'channel-flow')
  if (arn !== undefined) return arn
  throw new ForbiddenException(
    `${ACCESS_DENIED_TEXT}: ChannelFlowArn is not the ARN of a resource of type channel-flow`,
  )
}

/**
 * A flow of the caller's own app instance. Throws NotFoundException for anything else, as for a
 * flow that does not exist.
 */
// evidence: model, both operations that take a flow and a bearer list NotFoundException
export function ownChannelFlowArnOf(text: string, caller: BearerCaller): ChannelFlowArn {
  const arn = asArnOf(text, 'channel-flow')
  if (arn === undefined || appInstanceArnWithin(arn) !== caller.appInstanceArn) throw noSuchFlow()
  return arn
}

export function noSuchFlow(): NotFoundException {
  return new NotFoundException('ChannelFlowArn names no channel flow of this app instance')
}

// Settings of channels from the wire to the domain.
import type { ChannelExpiration, ElasticChannelConfiguration } from '../../domain/channel.ts'

interface WireExpiration {
  readonly ExpirationDays: number
  readonly ExpirationCriterion: ChannelExpiration['criterion']
}

interface WireElasticConfiguration {
  readonly MaximumSubChannels: number
  readonly TargetMembershipsPerSubChannel: number
  readonly MinimumMembershipPercentage: number
}

export function expirationOf(wire: WireExpiration | undefined): ChannelExpiration | undefined {
  return wire && { days: wire.ExpirationDays, criterion: wire.ExpirationCriterion }
}

export function elasticConfigurationOf(
  wire: WireElasticConfiguration | undefined,
): ElasticChannelConfiguration | undefined {
  return (
    wire && {
      maximumSubChannels: wire.MaximumSubChannels,
      targetMembershipsPerSubChannel: wire.TargetMembershipsPerSubChannel,
      minimumMembershipPercentage: wire.MinimumMembershipPercentage,
    }
  )
}

// How often requests may come: the rates of behaviour 8.2 as data, in two profiles of one type.
// What is counted by which key is told by `per`; the counting itself is services/throttle.ts.

/**
 * What a bucket belongs to. `conversation` is a channel, or a sub-channel of it where the request
 * names one; `user` the AppInstanceUser that a request is about, else its bearer; `resource` the
 * channel that a batch is for.
 */
export type RateKey =
  'account' | 'app-instance' | 'user' | 'channel' | 'conversation' | 'resource' | 'bearer'

/** A group of operations that share one bucket for each key. */
export interface RequestRate {
  readonly service: 'messaging' | 'identity' | 'iam' | 'sts'
  /** `all` of the service, including those that other rates name. */
  readonly operations: readonly string[] | 'all'
  readonly per: RateKey
  readonly perSecond: number
  /** Where the channel is elastic; the same as `perSecond` unless given. */
  readonly perSecondIfElastic?: number
}

export interface RequestRates {
  readonly requests: readonly RequestRate[]
  /** Messaging sessions that one user may open in a second, over all of its devices. */
  readonly connectsPerUserPerSecond: number | undefined
}

/** A bucket holds this many seconds' worth of requests. */
// evidence: inferred (behaviour 8.2; the service publishes neither bursts nor windows)
export const BURST_SECONDS = 2

/** What AWS publishes for us-east-1; of IAM nothing is published, so it has none. */
// evidence: docs general/latest/gr/chime-sdk (behaviour 8.2); docs IAM quotas (STS)
export const awsRates: RequestRates = {
  connectsPerUserPerSecond: 1,
  requests: [
    {
      service: 'identity',
      operations: ['CreateAppInstance', 'UpdateAppInstance', 'DeleteAppInstance'],
      per: 'account',
      perSecond: 5,
    },
    {
      service: 'identity',
      operations: ['CreateAppInstanceUser', 'UpdateAppInstanceUser', 'DeleteAppInstanceUser'],
      per: 'app-instance',
      perSecond: 10,
    },
    {
      service: 'identity',
      operations: ['DescribeAppInstance'],
      per: 'app-instance',
      perSecond: 20,
    },
    { service: 'identity', operations: ['DescribeAppInstanceUser'], per: 'user', perSecond: 20 },
    { service: 'identity', operations: ['ListAppInstances'], per: 'account', perSecond: 10 },
    {
      service: 'identity',
      operations: ['ListAppInstanceUsers'],
      per: 'app-instance',
      perSecond: 10,
    },
    { service: 'identity', operations: 'all', per: 'account', perSecond: 50 },
    {
      service: 'messaging',
      operations: ['CreateChannel', 'UpdateChannel', 'DeleteChannel'],
      per: 'app-instance',
      perSecond: 15,
    },
    { service: 'messaging', operations: ['ListChannels'], per: 'app-instance', perSecond: 10 },
    { service: 'messaging', operations: ['DescribeChannel'], per: 'channel', perSecond: 20 },
    {
      service: 'messaging',
      operations: [
        'CreateChannelMembership',
        'DeleteChannelMembership',
        'CreateChannelBan',
        'DeleteChannelBan',
        'CreateChannelModerator',
        'DeleteChannelModerator',
      ],
      per: 'channel',
      perSecond: 15,
      perSecondIfElastic: 30,
    },
    {
      service: 'messaging',
      operations: ['ListChannelMemberships', 'ListChannelBans', 'ListChannelModerators'],
      per: 'channel',
      perSecond: 15,
    },
    {
      service: 'messaging',
      operations: [
        'SendChannelMessage',
        'UpdateChannelMessage',
        'RedactChannelMessage',
        'DeleteChannelMessage',
        'ChannelFlowCallback',
      ],
      per: 'conversation',
      perSecond: 30,
    },
    {
      service: 'messaging',
      operations: ['ListChannelMessages'],
      per: 'conversation',
      perSecond: 30,
    },
    { service: 'messaging', operations: ['GetChannelMessage'], per: 'conversation', perSecond: 30 },
    {
      service: 'messaging',
      operations: [
        'ListChannelMembershipsForAppInstanceUser',
        'ListChannelsModeratedByAppInstanceUser',
      ],
      per: 'user',
      perSecond: 15,
    },
    { service: 'messaging', operations: ['ListSubChannels'], per: 'channel', perSecond: 15 },
    {
      service: 'messaging',
      operations: ['BatchCreateChannelMembership'],
      per: 'resource',
      perSecond: 1,
    },
    { service: 'messaging', operations: 'all', per: 'bearer', perSecond: 10 },
    { service: 'sts', operations: 'all', per: 'account', perSecond: 600 },
  ],
}

/** No rates at all: nothing is counted. */
export const relaxedRates: RequestRates = { connectsPerUserPerSecond: undefined, requests: [] }

/** How a rate is called in errors: its value, its key and its operations. */
export function rateText(rate: RequestRate, perSecond: number): string {
  const operations =
    rate.operations === 'all' ? `any ${rate.service} call` : rate.operations.join(', ')
  const requests = perSecond === 1 ? 'request' : 'requests'
  return (
    `Rate exceeded: ${perSecond} ${requests} a second per ${KEY_NAMES[rate.per]} ` +
    `(${operations}); try again later`
  )
}

const KEY_NAMES: Readonly<Record<RateKey, string>> = {
  account: 'account',
  'app-instance': 'AppInstance',
  user: 'AppInstanceUser',
  channel: 'channel',
  conversation: 'channel or sub-channel',
  resource: 'channel',
  bearer: 'bearer',
}

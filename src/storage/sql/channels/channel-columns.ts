// What statements select of a channel. In all of them `c` is the channel and `creator` the member
// who made it; rows.ts makes channels of the rows.

/** What every list shows. */
export const LISTED_CHANNEL_COLUMNS = [
  'c.arn',
  'c.name',
  'c.mode',
  'c.privacy',
  'c.metadata',
  'c.created_at',
  'c.last_updated_at',
  'creator.arn as creator_arn',
  'creator.name as creator_name',
] as const

/** A channel with its settings; `f` is its flow. */
export const WHOLE_CHANNEL_COLUMNS = [
  ...LISTED_CHANNEL_COLUMNS,
  'c.expiration_days',
  'c.expiration_criterion',
  'c.elastic_configuration',
  'f.arn as flow_arn',
] as const

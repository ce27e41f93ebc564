// What `carillon top` is told: which server to watch, how often, and from which channel on.
import { asArnOf, type ChannelArn } from '../base/arn.ts'
import { createClientConfig, type ClientConfig, type Flags } from './client-config.ts'
import { ConfigError } from './config.ts'
import type { SettingValues } from './settings.ts'

export interface TopConfig extends ClientConfig {
  readonly channelArn: ChannelArn | undefined
  readonly intervalMs: number
  readonly isOnce: boolean
  /** Plain text, even on a terminal. */
  readonly wantsNoColour: boolean
}

const INTERVAL_DEFAULT_MS = 1_000
/** Below, watching would be a load of its own. */
const INTERVAL_MIN_MS = 200
const INTERVAL_MAX_MS = 3_600_000

/** The configuration of `carillon top`; throws ConfigError for the first thing that is wrong. */
export function createTopConfig(
  flags: Flags,
  values: SettingValues,
  wantsNoColour: boolean,
): TopConfig {
  const { channel, interval, once } = flags
  return {
    ...createClientConfig(flags, values),
    channelArn: typeof channel === 'string' ? parseChannel(channel) : undefined,
    intervalMs: typeof interval === 'string' ? parseInterval(interval) : INTERVAL_DEFAULT_MS,
    isOnce: once === true,
    wantsNoColour,
  }
}

function parseChannel(text: string): ChannelArn {
  const arn = asArnOf(text, 'channel')
  if (arn === undefined) throw new ConfigError('--channel is not the ARN of a channel')
  return arn
}

function parseInterval(text: string): number {
  const intervalMs = Number(text) * 1_000
  if (!(intervalMs >= INTERVAL_MIN_MS && intervalMs <= INTERVAL_MAX_MS)) {
    throw new ConfigError('--interval is not allowed; allowed: seconds from 0.2 to 3600')
  }
  return intervalMs
}

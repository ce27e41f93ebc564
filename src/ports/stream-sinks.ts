// Where records of data streams go: what the deliverer asks of Kinesis, JetStream and webhooks.

/** A record as it leaves the server. */
export interface StreamRecord {
  /** The same for each attempt, and no other record's: by it a consumer knows a repetition. */
  readonly id: string
  /**
   * The ARN of the channel; of a message in a sub-channel with a blank and its id behind it. Never
   * longer than 256 characters: of regions, ids of app instances, channels and sub-channels.
   */
  // evidence: docs Kinesis PutRecordsRequestEntry; 63, 36, 64 and 36 make 250 with what is between
  readonly partitionKey: string
  /** A JSON object. */
  readonly record: string
}

/** Why one record of a batch did not arrive. */
export interface RecordFailure {
  /** Holds no content and no secrets. */
  readonly reason: string
  readonly isRetryable: boolean
  /** Whether everything else for that stream fares the same. */
  readonly isDestinationDown: boolean
  /** The destination asks not to be asked again before. */
  readonly retryAfterMs?: number | undefined
}

/** One way out, for targets of one kind. */
export interface StreamSink<Target> {
  /**
   * One attempt at a batch. Resolves with what became of each record, in their order: undefined for
   * one that arrived. Throws DeliveryError when none of them has; ends soon after `signal` is
   * aborted.
   */
  put(
    target: Target,
    streamArn: string,
    records: readonly StreamRecord[],
    signal: AbortSignal,
  ): Promise<readonly (RecordFailure | undefined)[]>
  /** Closes connections. */
  close(): Promise<void>
}

// The time of a storm on elastic channels: a minute, which is how long a new sub-channel is left
// alone, passes in a second and a half, for the server and for whoever signs requests to it. It
// goes on where it was when the server is started again.

const TIMES_AS_FAST = 40

/** How far the time of a storm that began at `since`, epoch milliseconds, is ahead now. */
export function stormAheadMs(since: number): number {
  return Math.max(0, Date.now() - since) * (TIMES_AS_FAST - 1)
}

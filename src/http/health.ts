// The paths that watch the server instead of using it: unsigned, for probes and Prometheus.
import type { Metrics } from '../observability/metrics.ts'
import type { Answer } from './answer.ts'

/** What the server says of itself. */
export interface ServerState {
  /** True from the moment a drain begins. */
  readonly isDraining: boolean
}

const PLAIN_TEXT = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }

/**
 * The answer to a watching path, or undefined when `path` is none. `/healthz` says that the process
 * lives, `/readyz` that it wants requests: a drain turns only the second to 503.
 */
export async function answerWatcher(
  method: string,
  path: string,
  state: ServerState,
  metrics: Metrics,
): Promise<Answer | undefined> {
  if (method !== 'GET' && method !== 'HEAD') return undefined
  switch (path) {
    case '/healthz':
      return { status: 200, headers: PLAIN_TEXT, body: 'ok\n' }
    case '/readyz':
      return state.isDraining
        ? { status: 503, headers: PLAIN_TEXT, body: 'draining\n' }
        : { status: 200, headers: PLAIN_TEXT, body: 'ready\n' }
    case '/metrics': {
      const body = await metrics.render()
      return { status: 200, headers: { 'Content-Type': metrics.contentType }, body }
    }
    default:
      return undefined
  }
}

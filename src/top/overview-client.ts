// Asks a server for its overview, again and again. Never fails: a server that is away or refuses is
// an answer, too.
import { OVERVIEW_PATH, OVERVIEW_VERSION, type ServerOverview } from '../domain/overview.ts'
import {
  createOperatorClient,
  type OperatorClientOptions,
} from '../operator-client/operator-client.ts'
import type { OverviewQuery } from './view.ts'

/** `trouble` says to a person why there is no overview. */
export type OverviewAnswer = { readonly overview: ServerOverview } | { readonly trouble: string }

export interface OverviewClient {
  ask(query: OverviewQuery): Promise<OverviewAnswer>
  close(): void
}

/** One for each server that is watched; it keeps one connection. */
export function createOverviewClient(options: OperatorClientOptions): OverviewClient {
  const client = createOperatorClient(options)
  return {
    async ask({ channelArn, nextToken }) {
      const query = {
        channel: channelArn,
        'next-token': channelArn === undefined ? undefined : nextToken,
      }
      const answer = await client.send({ method: 'GET', path: OVERVIEW_PATH, query })
      if ('trouble' in answer) return answer
      if (!isOverview(answer.body)) {
        return { trouble: 'The server answers in a form that this program does not know' }
      }
      return { overview: answer.body as unknown as ServerOverview }
    },
    close: () => client.close(),
  }
}

/** Whether it is of the form that is drawn from, as far as its top level shows. */
function isOverview(answer: Readonly<Record<string, unknown>>): boolean {
  if (answer['version'] !== OVERVIEW_VERSION) return false
  const objects = ['totals', 'queues', 'eventLoop', 'memory'].map((name) => answer[name])
  // Older servers have none.
  if (answer['outbox'] !== undefined) objects.push(answer['outbox'])
  const lists = ['elasticChannels', 'plainChannels'].map((name) => answer[name])
  return (
    objects.every((each) => typeof each === 'object' && each !== null) && lists.every(Array.isArray)
  )
}

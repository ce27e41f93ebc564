// Conformance of ListAppInstances.
import { expect } from 'vitest'
import { expectMembers, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import {
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListAppInstances')

const create = async (Metadata?: string) => {
  const { AppInstanceArn } = await world.identity.createAppInstance({
    Name: 'Listed',
    ClientRequestToken: unique(),
    Metadata,
  })
  return AppInstanceArn!
}

/** The server of this file holds exactly the app instances that its cases made. */
const listing: PagedList = {
  member: 'AppInstances',
  others: [],
  keyOf: (item) => String(item['AppInstanceArn']),
  async prepare() {
    const all = await everyArn()
    for (const arn of all) {
      if (arn !== world.appInstanceArn)
        await world.identity.deleteAppInstance({ AppInstanceArn: arn })
    }
    const keys = [world.appInstanceArn]
    while (keys.length < 5) keys.push(await create())
    return {
      keys,
      list: (page) => world.identity.listAppInstances(page),
      foreign: (page) =>
        world.identity.listAppInstanceUsers({ AppInstanceArn: world.appInstanceArn, ...page }),
    }
  },
}

async function everyArn(): Promise<string[]> {
  const arns: string[] = []
  let NextToken: string | undefined
  do {
    const page = await world.identity.listAppInstances({ NextToken })
    arns.push(...page.AppInstances!.map((item) => item.AppInstanceArn!))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return arns
}

write(
  'wire',
  'model',
  'Given app instances with and without metadata, when they are listed, then absent members are absent',
  async () => {
    const arn = await create('{"m":1}')
    const body = await succeeds(world.identity.listAppInstances({}), 200, ['AppInstances'])
    const items = body['AppInstances'] as Json[]
    const withMetadata = items.find((item) => item['AppInstanceArn'] === arn)
    expect(withMetadata).toEqual({ AppInstanceArn: arn, Name: 'Listed', Metadata: '{"m":1}' })
    expectMembers(
      items.find((item) => item['AppInstanceArn'] === world.appInstanceArn),
      ['AppInstanceArn', 'Name'],
    )
  },
)
doorCases(write, world, async () => () => world.identity.listAppInstances({}))

pagingValidationCases(write, listing)
pagingBehaviourCases(write, listing)

write(
  'behaviour',
  'doc',
  'Given a deleted app instance, when they are listed, then it is gone',
  async () => {
    const arn = await create()
    await world.identity.deleteAppInstance({ AppInstanceArn: arn })
    expect(await everyArn()).not.toContain(arn)
  },
)

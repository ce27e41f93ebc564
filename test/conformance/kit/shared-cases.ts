// Cases that every operation of a kind must pass: the front door, the bearer header, JSON bodies
// and paging. Each operation's file says what a valid request is; the faults are made here.
import { expect } from 'vitest'
import {
  expectMembers,
  fails,
  failsAtTheDoor,
  failsNaming,
  succeeds,
  type Json,
} from './answers.ts'
import type { CaseWriter } from './conformance-case.ts'
import { wireAnswerOf, type SdkRequest } from './recorded-clients.ts'
import type { World } from './world.ts'

/** A call that succeeds when it is made; it makes one request. */
export type ValidCall = () => Promise<object>

/** Prepares what the call needs, each time anew. */
export type Prepare = () => Promise<ValidCall>

/** Section `wire`: no signature, a wrong one, and ids and ARNs as clients write them. */
export function doorCases(write: CaseWriter, world: World, prepare: Prepare): void {
  write(
    'wire',
    'doc',
    'Given no signature, when it is called, then 403 MissingAuthenticationTokenException',
    async () => {
      const call = await prepare()
      const unsigned = (request: SdkRequest) => delete request.headers['authorization']
      await failsAtTheDoor(
        world.altered({ afterSigning: unsigned }, call),
        403,
        'MissingAuthenticationTokenException',
      )
    },
  )
  write(
    'wire',
    'doc',
    'Given a query that was changed after signing, when it is called, then 403 and nothing happens',
    async () => {
      const call = await prepare()
      const change = (request: SdkRequest) => void (request.query['added'] = 'later')
      await failsAtTheDoor(
        world.altered({ afterSigning: change }, call),
        403,
        'InvalidSignatureException',
      )
    },
  )
  write(
    'wire',
    'code',
    'Given an unknown query parameter and header, when it is called, then they are ignored',
    async () => {
      const call = await prepare()
      const add = (request: SdkRequest) => {
        request.query['x-unknown'] = 'ä b~*'
        request.headers['x-unknown'] = 'a   b'
      }
      const answer = wireAnswerOf(await world.altered({ beforeSigning: add }, call))
      expect(answer.status).toBeLessThan(300)
    },
  )
}

/** Section `wire`, for paths that hold ARNs. */
export function arnPathCases(write: CaseWriter, world: World, prepare: Prepare): void {
  write(
    'wire',
    'code',
    'Given ARNs in the path that are not percent-encoded, when it is called, then it is understood',
    async () => {
      const call = await prepare()
      const decode = (request: SdkRequest) => void (request.path = decodeURIComponent(request.path))
      const answer = wireAnswerOf(await world.altered({ beforeSigning: decode }, call))
      expect(answer.status).toBeLessThan(300)
    },
  )
}

/** Section `wire`, for operations with a JSON body. `member` is a string member of the body. */
export function bodyCases(
  write: CaseWriter,
  world: World,
  prepare: Prepare,
  member: string | undefined,
): void {
  const withBody = (change: (body: string) => string) => (request: SdkRequest) =>
    void (request.body = change(typeof request.body === 'string' ? request.body : '{}'))
  const faults = [
    ['a body that is no JSON', () => '{"Name": '],
    ['a body that is a JSON array', (body: string) => `[${body}]`],
    ['a body that is a JSON string', () => '"Name"'],
    ...(member === undefined
      ? []
      : ([
          [
            `a number for ${member}`,
            (body: string) => JSON.stringify({ ...(JSON.parse(body) as Json), [member]: 7 }),
          ],
        ] as const)),
  ] as const
  for (const [name, change] of faults) {
    write(
      'wire',
      'proposed',
      `Given ${name}, when it is called, then 400 SerializationException`,
      async () => {
        const call = await prepare()
        const changed = world.altered({ beforeSigning: withBody(change) }, call)
        await failsAtTheDoor(changed, 400, 'SerializationException')
      },
    )
  }
  const add = (body: string) =>
    JSON.stringify({ ...(JSON.parse(body) as Json), Unheard: { Of: 1 } })
  write(
    'wire',
    'proposed',
    'Given an unknown member in the body, when it is called, then it is ignored',
    async () => {
      const call = await prepare()
      const answer = wireAnswerOf(await world.altered({ beforeSigning: withBody(add) }, call))
      expect(answer.status).toBeLessThan(300)
    },
  )
  write(
    'wire',
    'code',
    'Given the content type that aws-elixir sends, when it is called, then it is understood',
    async () => {
      const call = await prepare()
      const change = (request: SdkRequest) =>
        void (request.headers['content-type'] = 'application/x-amz-json-1.1')
      const answer = wireAnswerOf(await world.altered({ beforeSigning: change }, call))
      expect(answer.status).toBeLessThan(300)
    },
  )
}

const BEARER = 'x-amz-chime-bearer'

/**
 * Section `authorisation`, for operations that act for a bearer. `namesResource` is false for the
 * one whose only resource is the bearer itself.
 */
export function bearerCases(
  write: CaseWriter,
  world: World,
  prepare: Prepare,
  { namesResource = true } = {},
): void {
  const withBearer = (bearer: string | undefined) => (request: SdkRequest) => {
    if (bearer === undefined) delete request.headers[BEARER]
    else request.headers[BEARER] = bearer
  }
  async function refuses(bearer: string | undefined): Promise<void> {
    const call = await prepare()
    await fails(
      world.altered({ beforeSigning: withBearer(bearer) }, call),
      'UnauthorizedClientException',
    )
  }
  write(
    'authorisation',
    'field',
    'Given no bearer header, when it is called, then 401 UnauthorizedClientException',
    () => refuses(undefined),
  )
  write(
    'authorisation',
    'field',
    'Given a bearer that is no ARN, when it is called, then 401 UnauthorizedClientException',
    () => refuses('ana'),
  )
  write(
    'authorisation',
    'field',
    'Given a bearer that does not exist, when it is called, then 401 UnauthorizedClientException',
    () => refuses(`${world.appInstanceArn}/user/nobody`),
  )
  write(
    'authorisation',
    'proposed',
    'Given the bearer is the app instance, when it is called, then 401 UnauthorizedClientException',
    () => refuses(world.appInstanceArn),
  )
  if (namesResource) {
    write(
      'authorisation',
      'inferred',
      'Given a bearer of another app instance, when it is called, then 401 UnauthorizedClientException',
      async () => refuses((await world.stranger()).userArn),
    )
  }
  write(
    'authorisation',
    'proposed',
    'Given a bearer whose user was deleted, when it is called, then 401 UnauthorizedClientException',
    async () => {
      const gone = await world.user()
      await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: gone })
      await refuses(gone)
    },
  )
}

interface Page {
  readonly MaxResults?: number
  readonly NextToken?: string
}

/** One list that can be read page by page. */
export interface PagedList {
  /** The list's member in the body, for example `Channels`. */
  readonly member: string
  readonly others: readonly string[]
  /** What tells items apart. */
  keyOf(item: Json): string
  /** Makes five items and returns how to list them; the second listing is a foreign one. */
  prepare(): Promise<{
    readonly list: (page: Page) => Promise<object>
    readonly foreign: (page: Page) => Promise<object>
    /** The keys of the five. */
    keys: readonly string[]
  }>
}

/** Section `validation` and `behaviour` of a paged list. */
export function pagingValidationCases(write: CaseWriter, listing: PagedList): void {
  write(
    'validation',
    'model',
    'Given MaxResults of 1 and 50, when it is called, then it is accepted; 0 and 51 are not',
    async () => {
      const { list } = await listing.prepare()
      await succeeds(list({ MaxResults: 1 }), 200, [listing.member, 'NextToken', ...listing.others])
      expect(wireAnswerOf(await list({ MaxResults: 50 })).status).toBe(200)
      await failsNaming(list({ MaxResults: 0 }), 'MaxResults')
      await failsNaming(list({ MaxResults: 51 }), 'MaxResults')
    },
  )
  write(
    'validation',
    'proposed',
    'Given a next token that was made up, tampered with, or of another list, when it is called, then BadRequestException',
    async () => {
      const { list, foreign } = await listing.prepare()
      const { NextToken } = (await list({ MaxResults: 2 })) as { NextToken?: string }
      const token = NextToken!
      const middle = Math.floor(token.length / 2)
      const swapped = token[middle] === 'A' ? 'B' : 'A'
      const tampered = token.slice(0, middle) + swapped + token.slice(middle + 1)
      for (const wrong of [tampered, token.slice(0, -1), 'AAAA', 'no token at all', '%00']) {
        await fails(list({ MaxResults: 2, NextToken: wrong }), 'BadRequestException')
      }
      await fails(foreign({ MaxResults: 2, NextToken: token }), 'BadRequestException')
    },
  )
  write(
    'validation',
    'model',
    'Given a next token of 2049 characters, when it is called, then BadRequestException',
    async () => {
      const { list } = await listing.prepare()
      await failsNaming(list({ NextToken: 'A'.repeat(2049) }), 'NextToken')
    },
  )
}

export function pagingBehaviourCases(write: CaseWriter, listing: PagedList): void {
  write(
    'behaviour',
    'inferred',
    'Given an empty next token, when it is called, then it answers the first page',
    async () => {
      const { list } = await listing.prepare()
      const keysOf = (page: object) => {
        const body = JSON.parse(wireAnswerOf(page).text) as Json
        return (body[listing.member] as Json[]).map((item) => listing.keyOf(item))
      }
      const first = await list({ MaxResults: 2 })
      expect(keysOf(await list({ MaxResults: 2, NextToken: '' }))).toEqual(keysOf(first))
    },
  )
  write(
    'behaviour',
    'doc',
    'Given five items, when they are listed by two, then three pages hold each of them once and the last has no NextToken',
    async () => {
      const { list, keys } = await listing.prepare()
      const whole = [listing.member, ...listing.others]
      const found: string[] = []
      const sizes: number[] = []
      let token: string | undefined
      do {
        const page = await list({
          MaxResults: 2,
          ...(token === undefined ? {} : { NextToken: token }),
        })
        const body = JSON.parse(wireAnswerOf(page).text) as Json
        token = body['NextToken'] as string | undefined
        expectMembers(body, token === undefined ? whole : [...whole, 'NextToken'])
        const items = body[listing.member] as Json[]
        sizes.push(items.length)
        found.push(...items.map((item) => listing.keyOf(item)))
        expect(sizes.length).toBeLessThan(10)
      } while (token !== undefined)
      expect(found.toSorted()).toEqual([...keys].toSorted())
      expect(sizes).toEqual([2, 2, 1])
    },
  )
  write(
    'behaviour',
    'proposed',
    'Given a next token, when it is used twice, then it gives the same page',
    async () => {
      const { list } = await listing.prepare()
      const { NextToken } = (await list({ MaxResults: 2 })) as { NextToken?: string }
      const bodies = [
        wireAnswerOf(await list({ MaxResults: 2, NextToken: NextToken! })).text,
        wireAnswerOf(await list({ MaxResults: 2, NextToken: NextToken! })).text,
      ].map((text) => (JSON.parse(text) as Json)[listing.member])
      expect(bodies[0]).toEqual(bodies[1])
    },
  )
}

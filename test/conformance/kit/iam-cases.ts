// Cases that every operation of IAM has alike: the front door in XML, who may call, and pages.
import { expect } from 'vitest'
import { formPairsOf } from './form.ts'
import type { CaseWriter } from './conformance-case.ts'
import type { IamCall, IamWorld } from './iam-world.ts'
import { failsAtTheQueryDoor, failsValidation } from './query-answers.ts'
import { wireAnswerOf } from './recorded-clients.ts'
import type { SdkRequest } from './recorded-clients.ts'

/** Prepares what the call needs, each time anew. */
export type PrepareIam = () => Promise<IamCall>

/** Section `wire`. */
export function queryDoorCases(write: CaseWriter, world: IamWorld, prepare: PrepareIam): void {
  write(
    'wire',
    'doc',
    'Given no signature, when it is called, then 403 MissingAuthenticationToken in XML',
    async () => {
      const call = await prepare()
      const unsigned = (request: SdkRequest) => delete request.headers['authorization']
      const changed = world.altered({ afterSigning: unsigned }, () => call(world.iam))
      await failsAtTheQueryDoor(changed, 403, 'MissingAuthenticationToken')
    },
  )
  write(
    'wire',
    'doc',
    'Given a body that was changed after signing, when it is called, then 403 SignatureDoesNotMatch',
    async () => {
      const call = await prepare()
      const change = (request: SdkRequest) => void (request.body = `${request.body as string}&A=1`)
      const changed = world.altered({ afterSigning: withLength(change) }, () => call(world.iam))
      await failsAtTheQueryDoor(changed, 403, 'SignatureDoesNotMatch')
    },
  )
  write(
    'wire',
    'doc',
    'Given an unknown parameter and its parameters in another order, when it is called, then it is understood',
    async () => {
      const call = await prepare()
      const change = (request: SdkRequest) => {
        const pairs = formPairsOf(request)
        request.body = [...pairs.toReversed(), 'Unheard.member.7.Of=%3C', 'Bare'].join('&')
      }
      const answer = await world.altered({ beforeSigning: change }, () => call(world.iam))
      expect(wireAnswerOf(answer).status).toBe(200)
    },
  )
}

/** Section `authorisation`. */
export function accessCases(
  write: CaseWriter,
  world: IamWorld,
  operation: string,
  prepare: PrepareIam,
): void {
  write(
    'authorisation',
    'doc',
    'Given a user without a policy, when it calls, then 403 AccessDenied and nothing happened',
    async () => {
      const call = await prepare()
      const { clients } = await world.signedInUser()
      await failsAtTheQueryDoor(call(clients.iam), 403, 'AccessDenied')
      // The same call goes through afterwards: the refused one has changed nothing.
      expect(wireAnswerOf(await call(world.iam)).status).toBe(200)
    },
  )
  write(
    'authorisation',
    'doc',
    'Given a user whose policy allows it, when it calls, then it is done',
    async () => {
      const call = await prepare()
      const { clients } = await world.signedInUser(`iam:${operation}`)
      expect(wireAnswerOf(await call(clients.iam)).status).toBe(200)
    },
  )
}

/** The page of an IAM list; the members have the name that the case gives. */
export interface MarkedPage {
  readonly IsTruncated?: boolean | undefined
  readonly Marker?: string | undefined
}

export interface MarkedInput {
  readonly MaxItems?: number
  readonly Marker?: string
}

export interface MarkedList<Page extends MarkedPage> {
  keysOf(page: Page): readonly string[]
  /** Makes items, 5 unless `keys` says otherwise, and returns how to list them and others. */
  prepare(): Promise<{
    readonly list: (page: MarkedInput) => Promise<Page>
    readonly foreign: (page: MarkedInput) => Promise<object>
    readonly keys: readonly string[]
  }>
}

/** Section `validation` of a list. */
export function markerValidationCases<Page extends MarkedPage>(
  write: CaseWriter,
  listing: MarkedList<Page>,
): void {
  write(
    'validation',
    'model',
    'Given MaxItems of 1 and 1000, when it is called, then it is accepted; 0 and 1001 are not',
    async () => {
      const { list } = await listing.prepare()
      for (const MaxItems of [1, 1000]) await list({ MaxItems })
      for (const MaxItems of [0, 1001]) await failsValidation(list({ MaxItems }), 'MaxItems')
    },
  )
  write(
    'validation',
    'inferred',
    'Given a marker that was made up, tampered with, or of another list, when it is called, then ValidationError',
    async () => {
      const { list, foreign } = await listing.prepare()
      const marker = (await list({ MaxItems: 1 })).Marker!
      const middle = Math.floor(marker.length / 2)
      const other = marker[middle] === 'A' ? 'B' : 'A'
      const tampered = marker.slice(0, middle) + other + marker.slice(middle + 1)
      for (const Marker of [tampered, marker.slice(0, -1), 'AAAA', 'no marker at all']) {
        await failsValidation(list({ Marker }), 'Marker')
      }
      await failsValidation(foreign({ Marker: marker }), 'Marker')
      await failsValidation(list({ Marker: 'A'.repeat(321) }), 'Marker')
    },
  )
}

/** Section `behaviour` of a list. */
export function markerBehaviourCases<Page extends MarkedPage>(
  write: CaseWriter,
  listing: MarkedList<Page>,
  pageLength: number,
): void {
  write(
    'behaviour',
    'doc',
    'Given items, when they are listed page by page, then each comes once, in order, and only the last page is not truncated',
    async () => {
      const { list, keys } = await listing.prepare()
      const found: string[] = []
      const sizes: number[] = []
      let page: Page | undefined
      do {
        const Marker = page?.Marker
        page = await list({ MaxItems: pageLength, ...(Marker === undefined ? {} : { Marker }) })
        const here = listing.keysOf(page)
        found.push(...here)
        sizes.push(here.length)
        expect(page.IsTruncated).toBe(page.Marker !== undefined)
        expect(sizes.length).toBeLessThan(10)
      } while (page.Marker !== undefined)
      expect(found).toEqual([...keys].toSorted())
      expect(sizes.slice(0, -1).every((size) => size === pageLength)).toBe(true)
      expect(sizes.length).toBe(Math.ceil(keys.length / pageLength))
    },
  )
  write(
    'behaviour',
    'inferred',
    'Given a marker, when it is used twice, then it gives the same page',
    async () => {
      const { list } = await listing.prepare()
      const { Marker } = await list({ MaxItems: 1 })
      const pages = [await list({ Marker: Marker! }), await list({ Marker: Marker! })]
      expect(listing.keysOf(pages[0]!)).toEqual(listing.keysOf(pages[1]!))
      expect(listing.keysOf(pages[0]!)).not.toEqual([])
    },
  )
}

function withLength(change: (request: SdkRequest) => void): (request: SdkRequest) => void {
  return (request) => {
    change(request)
    request.headers['content-length'] = String(Buffer.byteLength(request.body as string))
  }
}

// Conformance of GetMessagingSessionEndpoint.
import { expect } from 'vitest'
import { at, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('GetMessagingSessionEndpoint')

const get = (input: object = {}) => world.messaging.getMessagingSessionEndpoint(input)

write(
  'wire',
  'code',
  'Given no bearer, when it is called, then 200 with a bare host and no scheme, path or slash',
  async () => {
    const body = await succeeds(get(), 200, ['Endpoint'])
    expect(body['Endpoint']).toEqual({
      Url: expect.stringMatching(/^[a-z0-9.-]+(:\d+)?$/) as string,
    })
  },
)
doorCases(write, world, async () => () => get())

write(
  'validation',
  'model',
  'Given a network type, when it is called, then the two of the model are accepted',
  async () => {
    for (const NetworkType of ['IPV4_ONLY', 'DUAL_STACK']) {
      await succeeds(get({ NetworkType }), 200, ['Endpoint'])
    }
  },
)

write(
  'behaviour',
  'code',
  'Given two calls, when they are made, then both give an endpoint that serves',
  async () => {
    const urls = [
      await succeeds(get(), 200, ['Endpoint']),
      await succeeds(get(), 200, ['Endpoint']),
    ]
    expect(at(urls[0], 'Endpoint.Url')).toBe(at(urls[1], 'Endpoint.Url'))
  },
)

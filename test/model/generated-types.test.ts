// The generated type files are what the generator would write today, and the models agree with the
// installed SDK clients: same operations, same bindings, same members.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generatedFiles } from '../../tools/generate-api-types.ts'
import { REST_SERVICES, readPublishedModel } from './raw-models.ts'
import { createSdkExchange, sdkOperationNames } from './sdk-exchange.ts'
import type { WireRequest } from './sdk-exchange.ts'
import { minimalInput, validValue } from './violations.ts'

describe('generated files', () => {
  it.each([...generatedFiles()].map(([path, content]) => [path.split('/').at(-1), path, content]))(
    '%s is fresh (npm run generate)',
    (_name, path, content) => {
      expect(readFileSync(path, 'utf8')).toBe(content)
    },
  )
})

const exchange = createSdkExchange()

describe.each(REST_SERVICES)('the %s SDK', (service) => {
  const model = readPublishedModel(service)

  it('has the same operations', () => {
    expect(sdkOperationNames(service)).toEqual(Object.keys(model.operations).toSorted())
  })

  it.each(Object.keys(model.operations))('sends %s where the model says', async (name) => {
    const { http, input } = model.operations[name]!
    const members = Object.entries(input === undefined ? {} : model.shapes[input.shape]!.members!)
    // Every member present, so that none can travel elsewhere unseen.
    const full = Object.fromEntries(
      members.map(([member, { shape }]) => [member, validValue(model, shape)]),
    )
    const seen: WireRequest[] = []
    await exchange(service, name, { ...full, ...minimalInput(service, name) }, (request) => {
      seen.push(request)
      return { status: http.responseCode ?? 200, headers: {}, body: '' }
    })
    const [{ method, rawPath, rawQuery, headers, body }] = seen as [WireRequest]
    const [path = '', literals = ''] = http.requestUri.split('?')
    const at = (location: string | undefined): string[] =>
      members
        .filter(([, reference]) => reference.location === location)
        .map(([member, { locationName = member }]) => locationName)
    expect(method).toBe(http.method)
    expect(rawPath.split('/').length).toBe(path.split('/').length)
    const fixed = (_: string, index: number): boolean => !path.split('/')[index]!.startsWith('{')
    expect(rawPath.split('/').filter(fixed)).toEqual(path.split('/').filter(fixed))
    const literalNames = [...new URLSearchParams(literals).keys()]
    expect([...new URLSearchParams(rawQuery).keys()].toSorted()).toEqual(
      [...at('querystring'), ...literalNames].toSorted(),
    )
    for (const literal of literals === '' ? [] : literals.split('&'))
      expect(rawQuery).toContain(literal)
    for (const header of at('header')) expect(headers).toHaveProperty(header.toLowerCase())
    const sent = body.length === 0 ? {} : (JSON.parse(body.toString()) as object)
    expect(Object.keys(sent).toSorted()).toEqual(at(undefined).toSorted())
  })
})

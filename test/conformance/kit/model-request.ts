// The request that an operation's model makes of an input, without any client's opinion: also of
// inputs that break the model, which clients would refuse to send.
import { readRawModel } from '../../model/raw-models.ts'
import type { RestService } from '../../model/raw-models.ts'
import type { Json } from './answers.ts'

export interface ModelRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Undefined when HTTP cannot say `input`: a path without one of its labels is another path. */
export function requestOf(
  service: RestService,
  operation: string,
  input: Json,
): ModelRequest | undefined {
  const model = readRawModel(service)
  const { http, input: shape } = model.operations[operation]!
  const members = shape === undefined ? {} : (model.shapes[shape.shape]!.members ?? {})
  let uri = http.requestUri
  const query: string[] = []
  const headers: Record<string, string> = {}
  const body: Json = {}
  for (const [name, member] of Object.entries(members)) {
    const value = input[name]
    const place = member.locationName ?? name
    if (member.location === 'uri') {
      if (value === undefined || value === '') return undefined
      uri = uri.replace(`{${place}}`, encodeURIComponent(textOf(value)))
    } else if (value === undefined) continue
    else if (member.location === 'querystring')
      query.push(`${place}=${encodeURIComponent(textOf(value))}`)
    else if (member.location === 'header') headers[place] = textOf(value)
    else body[name] = value
  }
  const separator = uri.includes('?') ? '&' : '?'
  return {
    method: http.method,
    path: query.length === 0 ? uri : `${uri}${separator}${query.join('&')}`,
    headers,
    ...(http.method === 'GET' || http.method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
  }
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

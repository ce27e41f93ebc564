// Request lines as clients and proxies write them, taken apart.
import { describe, expect, it } from 'vitest'
import { splitRequestTarget } from './request-target.ts'

describe('the target of a request line', () => {
  it.each([
    ['/channels?scope=a', '/channels', 'scope=a'],
    ['/channels', '/channels', ''],
    ['/a%2Fb?x=http://h/p?q', '/a%2Fb', 'x=http://h/p?q'],
    ['//double', '//double', ''],
    ['http://host/channels?scope=a', '/channels', 'scope=a'],
    ['HTTPS://host:8443/channels', '/channels', ''],
    ['http://host', '/', ''],
    ['http://host?a=b', '/', 'a=b'],
    ['http://user:p@host/x', '/x', ''],
    ['*', '*', ''],
    ['', '/', ''],
    ['ftp://host/x', 'ftp://host/x', ''],
    ['host:443', 'host:443', ''],
  ])('%s', (target, rawPath, rawQuery) => {
    expect(splitRequestTarget(target)).toEqual({ rawPath, rawQuery })
  })
})

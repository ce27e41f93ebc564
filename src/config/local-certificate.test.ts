// The local authority and its server certificate, as clients check them.
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from './config.ts'
import { openLocalCertificate, readCertificateFiles } from './local-certificate.ts'

const NOW = Date.UTC(2026, 0, 1)
const DAY_MS = 24 * 60 * 60 * 1000
const HOSTS = ['localhost', '127.0.0.1', '::1', '2001:db8::1:0:5', 'build-host']

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'carillon-tls-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

function authority(): X509Certificate {
  return new X509Certificate(readFileSync(join(directory, 'ca.pem')))
}

describe('openLocalCertificate', () => {
  it('makes a server certificate for every host, signed by an authority', async () => {
    const made = await openLocalCertificate(directory, HOSTS, NOW)
    const server = new X509Certificate(made.certificate)
    expect(server.checkIssued(authority())).toBe(true)
    expect(server.verify(authority().publicKey)).toBe(true)
    expect([server.ca, authority().ca]).toEqual([false, true])
    expect(server.subjectAltName).toBe(
      'IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:1:0:5, IP Address:0:0:0:0:0:0:0:1, ' +
        'DNS:build-host, DNS:localhost',
    )
    expect(Date.parse(server.validTo) - Date.parse(server.validFrom)).toBeLessThanOrEqual(
      398 * DAY_MS,
    )
    expect(statSync(join(directory, 'ca-key.pem')).mode & 0o777).toBe(0o600)
  })

  it('keeps it while it is good', async () => {
    const made = await openLocalCertificate(directory, HOSTS, NOW)
    expect(await openLocalCertificate(directory, HOSTS, NOW + 300 * DAY_MS)).toEqual(made)
  })

  it.each([
    ['near its end', HOSTS, NOW + 380 * DAY_MS],
    ['for another host', [...HOSTS, 'new-host'], NOW],
  ])('renews it %s, under the same authority', async (_title, hosts, now) => {
    const made = await openLocalCertificate(directory, HOSTS, NOW)
    const before = authority().fingerprint256
    const renewed = await openLocalCertificate(directory, hosts, now)
    expect(renewed.certificate).not.toBe(made.certificate)
    expect(authority().fingerprint256).toBe(before)
    expect(new X509Certificate(renewed.certificate).verify(authority().publicKey)).toBe(true)
  })
})

describe('readCertificateFiles', () => {
  it('takes a pair and refuses what is none', async () => {
    await openLocalCertificate(directory, HOSTS, NOW)
    const certificatePath = join(directory, 'server.pem')
    const keyPath = join(directory, 'server-key.pem')
    expect(readCertificateFiles({ certificatePath, keyPath }).authorityPath).toBeUndefined()
    const pipe = join(directory, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const [wrong, why] of [
      [join(directory, 'ca-key.pem'), 'not the private key'],
      [certificatePath, 'must be a certificate and a private key'],
      [join(directory, 'nothing'), 'cannot be read: ENOENT'],
      [directory, 'cannot be read: it is a directory'],
      [pipe, 'cannot be read: it is no regular file'],
    ] as const) {
      const attempt = () => readCertificateFiles({ certificatePath, keyPath: wrong })
      expect(attempt).toThrow(ConfigError)
      expect(attempt).toThrow(why)
    }
  })
})

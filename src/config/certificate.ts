// Makes X.509 certificates with P-256 keys: a local authority's and a server's, nothing else. Where
// they are kept, and for how long, is local-certificate.ts's.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isIP, isIPv6 } from 'node:net'
import { newSecretBytes } from '../base/ids.ts'
import {
  TRUE,
  bitString,
  explicitContext,
  implicitContext,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.ts'
import type { Der } from './der.ts'

/** A certificate and its private key, both in PEM. */
export interface IssuedCertificate {
  readonly certificate: string
  readonly key: string
}

export interface Validity {
  /** Epoch milliseconds, cut to seconds. */
  readonly notBefore: number
  readonly notAfter: number
}

// evidence: docs RFC 5280, RFC 5480, RFC 5758 (all object identifiers)
const COMMON_NAME = '2.5.4.3'
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
const SUBJECT_KEY_ID = '2.5.29.14'
const KEY_USAGE = '2.5.29.15'
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const AUTHORITY_KEY_ID = '2.5.29.35'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1'

const VERSION_3 = explicitContext(0, integer(Buffer.from([2])))
/** At most 20 octets, and hard to guess. evidence: docs RFC 5280 4.1.2.2 */
const SERIAL_BYTES = 16
/** Bits keyCertSign (5) and cRLSign (6); bit digitalSignature (0). */
const AUTHORITY_USAGE = bitString(Buffer.from([0b0000_0110]), 1)
const SERVER_USAGE = bitString(Buffer.from([0b1000_0000]), 7)
const DNS_NAME = 2
const IP_ADDRESS = 7
const LINE_LENGTH = 64

/** A self-signed authority that may sign servers, but no further authorities. */
export function issueAuthority(name: string, validity: Validity): IssuedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = [
    // An authority, with no authorities below it.
    extension(BASIC_CONSTRAINTS, true, sequence(TRUE, integer(Buffer.from([0])))),
    extension(KEY_USAGE, true, AUTHORITY_USAGE),
    extension(SUBJECT_KEY_ID, false, octetString(keyIdOf(publicKey))),
  ]
  const signed = issue(name, name, publicKey, privateKey, validity, extensions)
  return { certificate: signed, key: pemOf(privateKey) }
}

/** A server certificate for `hosts`, which are DNS names and IP addresses. */
export function issueServer(
  authority: { readonly name: string; readonly publicKey: KeyObject; readonly key: KeyObject },
  name: string,
  hosts: readonly string[],
  validity: Validity,
): IssuedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = [
    extension(BASIC_CONSTRAINTS, true, sequence()),
    extension(KEY_USAGE, true, SERVER_USAGE),
    extension(EXTENDED_KEY_USAGE, false, sequence(objectIdentifier(SERVER_AUTHENTICATION))),
    extension(SUBJECT_ALTERNATIVE_NAME, false, sequence(...hosts.map(alternativeName))),
    extension(SUBJECT_KEY_ID, false, octetString(keyIdOf(publicKey))),
    extension(AUTHORITY_KEY_ID, false, sequence(implicitContext(0, keyIdOf(authority.publicKey)))),
  ]
  const signed = issue(name, authority.name, publicKey, authority.key, validity, extensions)
  return { certificate: signed, key: pemOf(privateKey) }
}

function issue(
  subject: string,
  issuer: string,
  publicKey: KeyObject,
  signingKey: KeyObject,
  { notBefore, notAfter }: Validity,
  extensions: readonly Der[],
): string {
  const content = sequence(
    VERSION_3,
    integer(newSecretBytes(SERIAL_BYTES)),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    sequence(time(notBefore), time(notAfter)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicitContext(3, sequence(...extensions)),
  )
  const signature = sign('sha256', content, signingKey)
  const der = sequence(content, ECDSA_WITH_SHA256, bitString(signature))
  const lines = der.toString('base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function distinguishedName(commonName: string): Der {
  return sequence(setOf(sequence(objectIdentifier(COMMON_NAME), utf8String(commonName))))
}

function extension(identifier: string, isCritical: boolean, value: Der): Der {
  const parts = [objectIdentifier(identifier), ...(isCritical ? [TRUE] : []), octetString(value)]
  return sequence(...parts)
}

function alternativeName(host: string): Der {
  return isIP(host) === 0
    ? implicitContext(DNS_NAME, Buffer.from(host, 'ascii'))
    : implicitContext(IP_ADDRESS, addressBytes(host))
}

/** Four or sixteen bytes. */
function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number))
  // The URL parser knows every way to write an IPv6 address and has one canonical way itself.
  const canonical = new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1)
  const [head = '', tail = ''] = canonical.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0')
  const groups = [...front, ...zeros, ...back].map((group) => Number.parseInt(group, 16))
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

/** evidence: docs RFC 7093 2 (1): leftmost 160 bits of the SHA-256 of the public key */
function keyIdOf(publicKey: KeyObject): Buffer {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest().subarray(0, 20)
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

// Makes X.509 certificates with P-256 keys: a local authority's and a server's, nothing else. Where
// they are kept, and for how long, is local-certificate.ts's.
// The X.509 library's dependency injection needs this polyfill before the library itself is loaded.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { createPrivateKey, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import { newSecretBytes } from '../base/ids.ts'

/** A certificate and its private key, both in PEM. */
export interface IssuedCertificate {
  readonly certificate: string
  readonly key: string
}

/** Epoch milliseconds, cut to seconds. */
export interface Validity {
  readonly notBefore: number
  readonly notAfter: number
}

/** At most 20 octets, and hard to guess. evidence: docs RFC 5280 4.1.2.2 */
const SERIAL_BYTES = 16
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' }

/** A self-signed authority that may sign servers, but no further authorities. */
export async function issueAuthority(name: string, validity: Validity): Promise<IssuedCertificate> {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      ...contentOf(validity),
      name: `CN=${name}`,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return issued(certificate, keys)
}

/** A server certificate for `hosts`, which are DNS names and IP addresses. */
export async function issueServer(
  authority: IssuedCertificate,
  name: string,
  hosts: readonly string[],
  validity: Validity,
): Promise<IssuedCertificate> {
  const keys = await newKeys()
  const issuer = new X509Certificate(authority.certificate)
  const certificate = await X509CertificateGenerator.create(
    {
      ...contentOf(validity),
      subject: `CN=${name}`,
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey: await importSigningKey(authority.key),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          hosts.map((host) =>
            isIP(host) === 0 ? { type: 'dns', value: host } : { type: 'ip', value: host },
          ),
        ),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return issued(certificate, keys)
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])
}

function contentOf({ notBefore, notAfter }: Validity) {
  return {
    serialNumber: newSecretBytes(SERIAL_BYTES).toString('hex'),
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: SIGNING_ALGORITHM,
  }
}

function importSigningKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign'])
}

async function issued(
  certificate: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<IssuedCertificate> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: der, type: 'pkcs8', format: 'der' })
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

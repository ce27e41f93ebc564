// The certificate of the TLS listener: the operator's files, or a local authority and a server
// certificate that are made once, so that browsers can open wss:// on a laptop.
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { DAY_MS } from '../domain/expiration.ts'
import type { IssuedCertificate } from './certificate.ts'
import { ConfigError } from './config.ts'
import type { Config } from './config.ts'
import { readOperatorFile } from './operator-file.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** What the TLS listener needs, in PEM. */
export interface ServerCertificate {
  readonly certificate: string
  readonly key: string
  /** The authority that clients are to trust; undefined for the operator's own certificate. */
  readonly authorityPath: string | undefined
}

/** The authority outlives the machine it is on; its key never leaves the directory. */
const AUTHORITY_LIFE_MS = 3650 * DAY_MS
/** Browsers refuse server certificates of more than 398 days. evidence: docs CA/B Forum 6.3.2 */
const SERVER_LIFE_MS = 397 * DAY_MS
const RENEWAL_LEAD_MS = 30 * DAY_MS
/** Clocks of clients may be a little behind. */
const BACKDATE_MS = DAY_MS

const DIRECTORY_MODE = 0o700
const AUTHORITY_NAME = 'Carillon local authority'
const SERVER_NAME = 'Carillon'

/** The operator's certificate; throws ConfigError when the files do not make a pair. */
export function readCertificateFiles(files: NonNullable<Config['tlsFiles']>): ServerCertificate {
  const { certificatePath, keyPath } = files
  const certificate = readOperatorFile(
    certificatePath,
    `CARILLON_TLS_CERT (--tls-cert): ${certificatePath}`,
  ).text
  const key = readOperatorFile(keyPath, `CARILLON_TLS_KEY (--tls-key): ${keyPath}`).text
  let belongTogether: boolean
  try {
    belongTogether = isPair(certificate, key)
  } catch (error) {
    throw new ConfigError(
      'CARILLON_TLS_CERT and CARILLON_TLS_KEY must be a certificate and a private key in PEM, ' +
        'without a passphrase',
      { cause: error },
    )
  }
  if (!belongTogether) {
    throw new ConfigError('CARILLON_TLS_KEY is not the private key of CARILLON_TLS_CERT')
  }
  return { certificate, key, authorityPath: undefined }
}

/**
 * The certificate in `directory` for `hosts` (names and addresses), made anew when it is missing,
 * near its end, or for other hosts. The authority stays, so that clients trust it once.
 */
export async function openLocalCertificate(
  directory: string,
  hosts: readonly string[],
  nowMs: number,
): Promise<ServerCertificate> {
  if (!existsSync(directory)) mkdirSync(directory, { mode: DIRECTORY_MODE })
  const authority = await openAuthority(directory, nowMs)
  const certificatePath = join(directory, 'server.pem')
  const keyPath = join(directory, 'server-key.pem')
  const names = [...new Set(hosts)].toSorted()
  const present = readPrivateFile(certificatePath)
  const presentKey = readPrivateFile(keyPath)
  if (
    present !== undefined &&
    presentKey !== undefined &&
    isStillGood(present, presentKey, authority.certificate, names, nowMs)
  ) {
    return { certificate: present, key: presentKey, authorityPath: authority.path }
  }
  const { issueServer } = await loadIssuing()
  const made = await issueServer(authority, SERVER_NAME, names, {
    notBefore: nowMs - BACKDATE_MS,
    notAfter: nowMs + SERVER_LIFE_MS,
  })
  writePrivateFile(keyPath, made.key)
  writePrivateFile(certificatePath, made.certificate)
  // The chain ends below the authority: clients have it, or do not trust it.
  return { ...made, authorityPath: authority.path }
}

/** A pair that does not match, as a crash between two writes leaves it, is made anew. */
async function openAuthority(
  directory: string,
  nowMs: number,
): Promise<IssuedCertificate & { path: string }> {
  const path = join(directory, 'ca.pem')
  const keyPath = join(directory, 'ca-key.pem')
  const certificate = readPrivateFile(path)
  const key = readPrivateFile(keyPath)
  if (
    certificate !== undefined &&
    key !== undefined &&
    expiresLate(certificate, nowMs) &&
    isPair(certificate, key)
  ) {
    return { path, certificate, key }
  }
  const { issueAuthority } = await loadIssuing()
  const made = await issueAuthority(AUTHORITY_NAME, {
    notBefore: nowMs - BACKDATE_MS,
    notAfter: nowMs + AUTHORITY_LIFE_MS,
  })
  writePrivateFile(keyPath, made.key)
  writePrivateFile(path, made.certificate)
  return { path, ...made }
}

/** Certificates are made once a year: every other start does without the library. */
function loadIssuing() {
  return import('./certificate.ts')
}

function isStillGood(
  certificate: string,
  key: string,
  authority: string,
  names: readonly string[],
  nowMs: number,
): boolean {
  const parsed = new X509Certificate(certificate)
  return (
    expiresLate(certificate, nowMs) &&
    isPair(certificate, key) &&
    parsed.verify(new X509Certificate(authority).publicKey) &&
    names.every((name) =>
      isIP(name) === 0 ? parsed.checkHost(name) !== undefined : parsed.checkIP(name) !== undefined,
    )
  )
}

function expiresLate(certificate: string, nowMs: number): boolean {
  return Date.parse(new X509Certificate(certificate).validTo) > nowMs + RENEWAL_LEAD_MS
}

function isPair(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
}

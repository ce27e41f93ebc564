// The data directory and what is made in it once: the root credential and the server's secret key,
// from which the keys of all that is sealed are derived. The database and the certificates are made
// by others, at the paths given here.
import { hkdfSync } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { newIamId, newSecretAccessKey, newSecretBytes } from '../base/ids.ts'
import { ConfigError } from './config.ts'
import type { Config } from './config.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

export interface RootCredential {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface DataDirectory {
  /** Absolute. */
  readonly path: string
  readonly databasePath: string
  readonly lockPath: string
  readonly tlsPath: string
  readonly rootCredentialsPath: string
}

/** One key for each thing that is sealed, so that nothing sealed as one passes as another. */
export interface SealingKeys {
  readonly nextTokens: Buffer
  readonly sessionTokens: Buffer
  /** Of access keys' secrets in the database. */
  readonly secrets: Buffer
}

/** What one start finds or makes in the data directory. */
export interface ServerSecrets {
  readonly rootCredential: RootCredential
  /**
   * `made` at the first start, later `kept`; `configured` when the settings name the credential.
   */
  readonly rootCredentialOrigin: 'made' | 'kept' | 'configured'
  /** 32 bytes each, the same for every start on this directory or with the same secret key. */
  readonly keys: SealingKeys
}

const DIRECTORY_MODE = 0o700
const KEY_BYTES = 32

/** Makes the directory if it is missing; throws ConfigError when that fails. */
export function openDataDirectory(config: Pick<Config, 'dataDirectory'>): DataDirectory {
  const path = resolve(config.dataDirectory)
  try {
    makeDirectory(path)
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new ConfigError(
      `CARILLON_DATA_DIR (--data-dir) is "${path}", which cannot be made (${why}); allowed: a ` +
        'directory that this user may write to',
      { cause: error },
    )
  }
  return {
    path,
    databasePath: join(path, 'carillon.sqlite'),
    lockPath: join(path, 'lock.sqlite'),
    tlsPath: join(path, 'tls'),
    rootCredentialsPath: join(path, 'root-credentials.json'),
  }
}

/** With its parents. Not by `recursive`, with which Node tries for ever below /proc. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  const parent = dirname(path)
  if (parent !== path) makeDirectory(parent)
  mkdirSync(path, { mode: DIRECTORY_MODE })
}

/** Reads the secrets, making those that are missing. To be called under the directory's lock. */
export function openServerSecrets(
  directory: DataDirectory,
  configured: Pick<Config, 'rootCredential' | 'secretKey'>,
): ServerSecrets {
  const keys =
    configured.secretKey === undefined
      ? openSealingKeys(directory.path)
      : deriveSealingKeys(configured.secretKey)
  if (configured.rootCredential !== undefined) {
    const { rootCredential } = configured
    return { rootCredential, rootCredentialOrigin: 'configured', keys }
  }
  const path = directory.rootCredentialsPath
  const kept = readRootCredential(path)
  if (kept !== undefined) return { rootCredential: kept, rootCredentialOrigin: 'kept', keys }
  const rootCredential = newRootCredential()
  writePrivateFile(path, `${JSON.stringify(rootCredential, undefined, 2)}\n`)
  return { rootCredential, rootCredentialOrigin: 'made', keys }
}

/** What an earlier start has kept at `path`; undefined when none has. */
export function readRootCredential(path: string): RootCredential | undefined {
  const text = readPrivateFile(path)
  return text === undefined ? undefined : parseRootCredential(path, text)
}

/** An older directory has a key of its own for paging tokens, which stays good. */
function openSealingKeys(directoryPath: string): SealingKeys {
  const secretKeyPath = join(directoryPath, 'secret-key')
  const secretKey = readKey(secretKeyPath) ?? makeKey(secretKeyPath)
  const keys = deriveSealingKeys(secretKey)
  const nextTokens = readKey(join(directoryPath, 'next-token-key'))
  return nextTokens === undefined ? keys : { ...keys, nextTokens }
}

/** HKDF with a label for each use. The labels are part of what is stored: they never change. */
function deriveSealingKeys(secretKey: Buffer): SealingKeys {
  const derive = (label: string) =>
    Buffer.from(hkdfSync('sha256', secretKey, '', `carillon ${label}`, KEY_BYTES))
  return {
    nextTokens: derive('paging tokens 1'),
    sessionTokens: derive('session tokens 1'),
    secrets: derive('access key secrets 1'),
  }
}

function makeKey(path: string): Buffer {
  const key = newSecretBytes(KEY_BYTES)
  writePrivateFile(path, `${key.toString('base64')}\n`)
  return key
}

function readKey(path: string): Buffer | undefined {
  const text = readPrivateFile(path)
  if (text === undefined) return undefined
  const key = Buffer.from(text, 'base64')
  if (key.length !== KEY_BYTES) throw damaged(path)
  return key
}

function newRootCredential(): RootCredential {
  return { accessKeyId: newIamId('AKIA'), secretAccessKey: newSecretAccessKey() }
}

function parseRootCredential(path: string, text: string): RootCredential {
  let value: Partial<RootCredential> | null
  try {
    value = JSON.parse(text) as Partial<RootCredential> | null
  } catch {
    throw damaged(path)
  }
  const { accessKeyId, secretAccessKey } = value ?? {}
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') throw damaged(path)
  return { accessKeyId, secretAccessKey }
}

function damaged(path: string): ConfigError {
  return new ConfigError(`${path} is damaged: restore it, or remove it to have a new one made`)
}

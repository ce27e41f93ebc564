// The commands and policies of the documents for users, as readers would type them: one shell a
// document, each against a server of its own. What a command prints is what the document shows.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { startOpenIdIssuer, type OpenIdIssuer } from '../harness/openid-issuer.ts'
import { startServer, type TestServer } from '../harness/start-server.ts'
import { AWS_CLI, BOTO3, need } from '../conformance/clients/child-environment.ts'
import { tagClaims } from './app-day.ts'
import { prints, readDocumentScript, type DocumentStep } from './document-blocks.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** A whole document takes a process a command, and more while other suites run. */
const SHELL_MS_MAX = 240_000

let server: TestServer
let issuer: OpenIdIssuer
let directory: string
beforeEach(async () => {
  server = await startServer()
  issuer = await startOpenIdIssuer()
  directory = await mkdtemp(join(tmpdir(), 'carillon-document-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
  await issuer[Symbol.asyncDispose]()
  await server.stop()
})

/** The document's addresses, replaced by those of the test. */
function here(text: string): string {
  return text
    .replaceAll('http://127.0.0.1:8080', server.httpUrl)
    .replaceAll('https://127.0.0.1:8443', server.httpsUrl)
    .replaceAll('127.0.0.1:8443', new URL(server.httpsUrl).host)
    .replaceAll('login.example.com', issuer.url)
}

/** Where a reader stands: beside the data directory, with the SDKs installed. */
async function prepare(files: ReadonlyMap<string, string>): Promise<string> {
  const place = await mkdtemp(join(directory, 'reader-'))
  await mkdir(join(place, 'data'))
  const credential = JSON.stringify(server.credentials)
  await writeFile(join(place, 'data', 'root-credentials.json'), credential)
  await symlink(join(server.dataDirectory, 'tls'), join(place, 'data', 'tls'))
  await symlink(join(root, 'node_modules'), join(place, 'node_modules'))
  for (const [name, text] of files) await writeFile(join(place, name), here(text))
  return place
}

/** One shell for all steps, which writes what each prints into a file of its own. */
function scriptOf(steps: readonly DocumentStep[]): string {
  const parts = steps.map(({ commands, prints: expected, line }, index) => {
    // A step that shows what it prints may show a refusal.
    const [relax, strict] = expected === undefined ? ['', ''] : ['set +e', 'set -e']
    return `echo 'line ${line}' > step\n${relax}\n{\n${here(commands)}\n} > ${index}.out 2>&1\n${strict}`
  })
  return `set -euo pipefail\n${parts.join('\n')}\n`
}

async function run(script: string, place: string): Promise<{ code: number; errors: string }> {
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: place,
    AWS_EC2_METADATA_DISABLED: 'true',
    ID_TOKEN: await issuer.token({ aud: 'my-app', sub: 'customer-ana', ...tagClaims('ana') }),
    LC_ALL: 'C.UTF-8',
    PYTHONUTF8: '1',
  }
  const { promise, resolve } = Promise.withResolvers<{ code: number; errors: string }>()
  const options = { cwd: place, env, timeout: SHELL_MS_MAX, encoding: 'utf8' } as const
  execFile('bash', ['-c', script], options, (error, _output, errors) => {
    resolve({ code: error === null ? 0 : Number(error.code ?? -1), errors })
  })
  return promise
}

async function follows(path: string, context: TestContext): Promise<void> {
  need(context, AWS_CLI)
  need(context, BOTO3)
  const { files, steps } = readDocumentScript(join(root, path))
  const place = await prepare(files)
  const { code, errors } = await run(scriptOf(steps), place)
  const output = (index: number) => readFile(join(place, `${index}.out`), 'utf8').catch(() => '')
  const reached = (await readFile(join(place, 'step'), 'utf8')).trim()
  const last = steps.findIndex(({ line }) => `line ${line}` === reached)
  expect({ code, errors }, `${path}, ${reached}: ${await output(last)}`).toEqual({
    code: 0,
    errors: '',
  })
  for (const [index, { prints: expected, line }] of steps.entries()) {
    if (expected === undefined) continue
    const printed = await output(index)
    const matches = prints(printed, here(expected))
    expect(matches, `${path}, line ${line} prints:\n${printed}\nnot:\n${expected}`).toBe(true)
  }
}

describe('the documents for users', () => {
  for (const path of ['docs/access-control.md', 'docs/migrating-from-aws.md']) {
    it(`${path} works as it stands`, { timeout: SHELL_MS_MAX }, (context) => follows(path, context))
  }
})

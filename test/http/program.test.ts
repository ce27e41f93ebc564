// The program as it is started by hand: settings, what it prints, signals, and its data directory.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readCaCertificate, startServerProcess } from '../harness/start-server.ts'
import type { ServerProcess } from '../harness/start-server.ts'
import { rawFetch, signRequest } from '../harness/signed-fetch.ts'

const ROOT = new URL('../../', import.meta.url).pathname

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-program-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

/** Runs a program to its end. */
function run(
  command: string,
  options: { args?: readonly string[]; env?: Readonly<Record<string, string>>; input?: string },
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], ...options.env }
    const child = spawn(command, options.args ?? [], { cwd: ROOT, env })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    child.stdin.end(options.input ?? '')
  })
}

function carillon(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return run(process.execPath, { args: ['src/main.ts', ...args], env })
}

/** The lines of the first shell block in `text` that begins at `start`, to the blank line. */
function snippet(text: string, start: string): string {
  const from = text.slice(text.indexOf(start))
  return from.slice(0, from.indexOf('\n\n'))
}

it('a setting that cannot be used is refused by name, without a trace of secrets', async () => {
  const { code, stderr } = await carillon(['serve'], { CARILLON_STORE: 'mysql://u:secret@h/db' })
  expect(code).toBe(2)
  expect(stderr).toContain('CARILLON_STORE (--store)')
  expect(stderr).not.toContain('secret')
})

it.each([
  ['--tls-cert', { CARILLON_TLS_CERT: '/none', CARILLON_TLS_KEY: '/none' }],
  ['--outbound', { CARILLON_OUTBOUND: '/none' }],
])('a file that is not there is refused before anything is touched: %s', async (flag, env) => {
  const dataDirectory = join(directory, 'data')
  const { code, stderr } = await carillon(['serve', '--data-dir', dataDirectory], env)
  expect(code).toBe(2)
  expect(stderr).toContain(flag.slice(2).replace('-', '_').toUpperCase())
  await expect(stat(dataDirectory)).rejects.toThrow('ENOENT')
})

it('version, help, and a command that is none', async () => {
  expect((await carillon(['version'])).stdout).toMatch(/^carillon \d+\.\d+\.\d+\n$/)
  const help = await carillon(['serve', '--help'])
  expect([help.code, help.stdout.includes('[CARILLON_DATA_DIR]')]).toEqual([0, true])
  expect((await carillon(['dance'])).code).toBe(2)
})

it('shows the root credential once, keeps it to its owner, and the snippets work', async () => {
  const own = { accessKeyId: undefined, secretAccessKey: undefined, dataDirectory: directory }
  await using first = await startServerProcess({ ...own, logLevel: 'info' })
  const shown = /AWS_SECRET_ACCESS_KEY='([^']{40})'/.exec(first.output())?.[1]
  expect(shown).toBeDefined()
  for (const name of ['root-credentials.json', 'secret-key', 'tls/ca-key.pem']) {
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
  }
  const exports = snippet(first.output(), 'export AWS_ACCESS_KEY_ID')
  const sdk = snippet(first.output(), "node --input-type=module - <<'END'")
  const script = `${exports}\n${sdk.replace('node ', `${process.execPath} `)}\n`
  const outcome = await run('sh', { input: script })
  expect(outcome.stderr).toBe('')
  expect(outcome.stdout).toContain("Content: 'Hello from SDK v3'")

  await first.restart()
  expect(first.output()).not.toContain(shown)
  const again = await run('sh', {
    input: `PATH="${join(process.execPath, '..')}:$PATH"\n${snippet(first.output(), 'export AWS_ACCESS_KEY_ID')}\necho "$AWS_SECRET_ACCESS_KEY"\n`,
  })
  expect(again.stdout.trim()).toBe(shown)
})

it('serves TLS with a certificate that the local authority signed', async () => {
  await using server = await startServerProcess({ dataDirectory: directory })
  const ca = await readCaCertificate(server)
  for (const host of ['127.0.0.1', 'localhost']) {
    const { port } = new URL(server.httpsUrl)
    const status = await new Promise((resolve, reject) => {
      request({ host, port, path: '/healthz', ca, family: 4 }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect([host, status]).toEqual([host, 200])
  }
  await server.restart()
  expect(await readCaCertificate(server)).toBe(ca)
})

it('a second server on the same directory is refused, and a crash leaves no lock', async () => {
  await using server = await startServerProcess({ dataDirectory: directory })
  const second = await carillon(['serve', '--listen', '127.0.0.1:0', '--data-dir', directory])
  expect(second.code).toBe(1)
  expect(second.stderr).toContain('another server is running on the same data directory')
  await server.kill9()
  await server.restart()
  expect((await rawFetch(server, { method: 'GET', path: '/healthz' })).status).toBe(200)
})

it('SIGTERM stops accepting, answers what is in flight, and exits 0', async () => {
  await using server: ServerProcess = await startServerProcess({ dataDirectory: directory })
  const create = { method: 'POST', path: '/app-instances', body: { Name: 'last' } }
  const { headers, body } = await signRequest(server, create)
  const { hostname, port } = new URL(server.httpUrl)
  const socket = connect({ host: hostname, port: Number(port) })
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
  const closed = once(socket, 'close')
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(
    `POST /app-instances HTTP/1.1\r\n${lines.join('')}content-length: ${body.length}\r\n`,
  )
  // The server has the request once it asks for the body.
  socket.write('expect: 100-continue\r\n\r\n')
  await once(socket, 'data')

  const exited = server.terminate()
  while (await accepts(hostname, Number(port)));
  socket.write(body)
  await closed
  expect(answer).toMatch(/HTTP\/1\.1 201 Created\r\n/)
  expect(answer).toMatch(/\r\nConnection: close\r\n/)
  expect(await exited).toBe(0)
})

/** Whether a new connection is taken. */
function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.on('error', () => resolve(false))
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

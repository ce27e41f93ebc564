// The programs to paste: the README shows the ones that the server prints.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderWelcome } from './welcome.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const text = renderWelcome({
  url: 'http://127.0.0.1:8080',
  sessionEndpoint: '127.0.0.1:8443',
  region: 'us-east-1',
  rootCredential: { accessKeyId: 'SHOWN-KEY', secretAccessKey: 'SHOWN-SECRET' },
  rootCredentialOrigin: 'kept',
  rootCredentialsPath: './data/root-credentials.json',
  authorityPath: './data/tls/ca.pem',
  addresses: ['http://127.0.0.1:8080', 'https://127.0.0.1:8443'],
})
const [credential = '', ...others] = text.split('\n\n')
const snippets = others.slice(0, 4)

it.each([credential, ...snippets].map((part) => [part.split('\n', 1)[0], part]))(
  '%s stands in the README',
  (_title, part) => {
    expect(readme).toContain(`\n${part}\n\`\`\`\n`)
  },
)

it('ends in the line that says where it serves, and shows a kept secret nowhere', () => {
  expect(others.at(-1)).toBe('ready http://127.0.0.1:8080 https://127.0.0.1:8443\n')
  expect(text).not.toContain('SHOWN-')
})

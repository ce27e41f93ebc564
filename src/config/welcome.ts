// What the server prints when it serves: where it is, the credential at the first start, and
// programs to paste that make a channel and talk in it.
import { readFileSync } from 'node:fs'
import type { RootCredential } from './data-directory.ts'

export interface WelcomeFacts {
  /** `http://…` or, without that listener, `https://…`. */
  readonly url: string
  /** `host:port` that sessions connect to, and whether by TLS. */
  readonly sessionEndpoint: string
  readonly region: string
  readonly rootCredential: RootCredential
  readonly rootCredentialOrigin: 'made' | 'kept' | 'configured'
  readonly rootCredentialsPath: string
  /** The authority that clients of the TLS listener are to trust. */
  readonly authorityPath: string | undefined
  /** The URLs of the listeners. */
  readonly addresses: readonly string[]
}

/** Templates in src/config/snippets, in the order in which they are shown. */
const SNIPPETS = ['aws-cli', 'boto3', 'sdk-v3', 'browser']

/** The whole text, ending in the `ready …` line. */
export function renderWelcome(facts: WelcomeFacts): string {
  const parts = [
    credentialPart(facts),
    ...SNIPPETS.map((name) => renderSnippet(name, facts)),
    ...trustPart(facts),
  ]
  return `${parts.join('\n\n')}\n\nready ${facts.addresses.join(' ')}\n`
}

/** Only the browser's snippet holds the credential; the others take it from the environment. */
function renderSnippet(name: string, facts: WelcomeFacts): string {
  const { url, region, rootCredential, rootCredentialOrigin } = facts
  const isShown = rootCredentialOrigin === 'made'
  const values: Readonly<Record<string, string>> = {
    url,
    region,
    accessKeyId: isShown ? rootCredential.accessKeyId : 'AWS_ACCESS_KEY_ID from above',
    secretAccessKey: isShown ? rootCredential.secretAccessKey : 'AWS_SECRET_ACCESS_KEY from above',
  }
  const template = readFileSync(new URL(`snippets/${name}.txt`, import.meta.url), 'utf8')
  return template
    .trimEnd()
    .replaceAll(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole)
}

function credentialPart(facts: WelcomeFacts): string {
  const { url, region, authorityPath } = facts
  const trust =
    url.startsWith('https:') && authorityPath !== undefined
      ? `\nexport AWS_CA_BUNDLE='${authorityPath}' NODE_EXTRA_CA_CERTS='${authorityPath}'`
      : ''
  return `${credentialLines(facts)}
export AWS_DEFAULT_REGION='${region}' AWS_REGION='${region}'${trust}`
}

function credentialLines(facts: WelcomeFacts): string {
  const { rootCredential, rootCredentialOrigin, rootCredentialsPath } = facts
  if (rootCredentialOrigin === 'made') {
    return `# The root credential, shown this once and kept in ${rootCredentialsPath}.
# In a shell, for the snippets below:
export AWS_ACCESS_KEY_ID='${rootCredential.accessKeyId}'
export AWS_SECRET_ACCESS_KEY='${rootCredential.secretAccessKey}'`
  }
  const read = (name: string) => `$(node -p 'require("${rootCredentialsPath}").${name}')`
  const isKept = rootCredentialOrigin === 'kept'
  return `# In a shell, for the snippets below:
export AWS_ACCESS_KEY_ID="${isKept ? read('accessKeyId') : '$CARILLON_ACCESS_KEY_ID'}"
export AWS_SECRET_ACCESS_KEY="${isKept ? read('secretAccessKey') : '$CARILLON_SECRET_ACCESS_KEY'}"`
}

/** Absent where the operator's own certificate is used. */
function trustPart({ sessionEndpoint, authorityPath }: WelcomeFacts): string[] {
  if (authorityPath === undefined) return []
  return [
    `Messaging sessions connect to wss://${sessionEndpoint}. Have browsers trust ${authorityPath}
(import it as an authority); Node takes NODE_EXTRA_CA_CERTS='${authorityPath}'.`,
  ]
}

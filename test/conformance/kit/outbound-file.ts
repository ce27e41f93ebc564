// The operator's file that says where things lead, for servers of cases.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface OutboundFile extends AsyncDisposable {
  readonly path: string
}

/** `targets` as docs/outbound.md describes them; files of `secrets` stand beside it. */
export async function writeOutboundFile(
  targets: object,
  secrets: Readonly<Record<string, string>> = {},
): Promise<OutboundFile> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-outbound-'))
  const path = join(directory, 'outbound.json')
  for (const [name, text] of Object.entries(secrets)) await writeFile(join(directory, name), text)
  await writeFile(path, JSON.stringify(targets))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

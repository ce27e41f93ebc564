// Prosody with a room of its multi-user chat, with and without the archive that keeps messages.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, freePort, startPeerProcess } from './children.ts'
import type { EmptyRoom, Peer, RunningPeer } from './peer.ts'
import { HOST, MESSAGE_END, QUIET_PRESENCE, ROOMS_HOST, joinSteps, roomMessages } from './xmpp.ts'

/** Entering takes longer the more are there; thousands take minutes. */
const ROOM_MEMBERS_MAX = 1_000

export const prosodyArchived: Peer = {
  name: 'Prosody MUC, archive',
  keeps: 'a file, not flushed',
  roomMembersMax: ROOM_MEMBERS_MAX,
  missing,
  start: (room) => startProsody(room, true),
}

export const prosodyPlain: Peer = {
  name: 'Prosody MUC',
  keeps: 'the last 20, in memory',
  roomMembersMax: ROOM_MEMBERS_MAX,
  missing,
  start: (room) => startProsody(room, false),
}

function missing(): string | undefined {
  if (findProgram('prosody') !== undefined) return undefined
  return 'prosody is not installed (Debian: apt-get install prosody)'
}

async function startProsody(
  { membersCount, directory }: EmptyRoom,
  isArchived: boolean,
): Promise<RunningPeer> {
  const port = await freePort()
  const configuration = join(directory, 'prosody.cfg.lua')
  mkdirSync(join(directory, 'kept'))
  writeFileSync(configuration, configurationText(port, directory, isArchived))
  const server = await startPeerProcess(
    findProgram('prosody')!,
    ['-F', '--config', configuration],
    port,
  )
  return {
    pid: server.pid,
    script: {
      port,
      messageEnd: MESSAGE_END,
      members: Array.from({ length: membersCount }, (_, index) =>
        joinSteps(index, [QUIET_PRESENCE]),
      ),
    },
    messages: roomMessages,
    stop: () => server.stop(),
  }
}

/** Only what a room needs, no encryption, no limits. */
function configurationText(port: number, directory: string, isArchived: boolean): string {
  return `
run_as_root = ${process.getuid?.() === 0}
data_path = "${join(directory, 'kept')}"
pidfile = "${join(directory, 'prosody.pid')}"
log = { warn = "*console" }
interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
modules_enabled = { "saslauth" }
modules_disabled = { "s2s", "tls", "offline", "http" }
c2s_require_encryption = false
s2s_require_encryption = false
authentication = "anonymous"
allow_unencrypted_plain_auth = true
storage = "internal"
network_settings = { nagle = false }
VirtualHost "${HOST}"
Component "${ROOMS_HOST}" "muc"
  muc_room_locking = false
  muc_room_default_history_length = 20
  ${isArchived ? 'modules_enabled = { "muc_mam" }\n  muc_log_by_default = true' : ''}
`
}

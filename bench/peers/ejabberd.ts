// ejabberd with a room of its multi-user chat, with and without the archive that keeps messages.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, freePort, startPeerProcess } from './children.ts'
import type { EmptyRoom, Peer, RunningPeer } from './peer.ts'
import { HOST, MESSAGE_END, ROOMS_HOST, joinSteps, roomMessages } from './xmpp.ts'

export const ejabberdArchived: Peer = {
  name: 'ejabberd MUC, archive',
  keeps: 'Mnesia, flushed later',
  missing,
  start: (room) => startEjabberd(room, true),
}

export const ejabberdPlain: Peer = {
  name: 'ejabberd MUC',
  keeps: 'the last 20, in memory',
  missing,
  start: (room) => startEjabberd(room, false),
}

function missing(): string | undefined {
  if (findProgram('ejabberdctl') !== undefined && findProgram('erl') !== undefined) return undefined
  return 'ejabberd is not installed (Debian: apt-get install ejabberd)'
}

/** Where Debian has Erlang's libraries beside Erlang's own. */
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib']

/**
 * As `ejabberdctl foreground` does, with its settings of the virtual machine, but as whoever runs
 * this, without a node name (and so without epmd), and with files in a temporary directory.
 */
async function startEjabberd(
  { membersCount, directory }: EmptyRoom,
  isArchived: boolean,
): Promise<RunningPeer> {
  const port = await freePort()
  const configuration = join(directory, 'ejabberd.yml')
  mkdirSync(join(directory, 'kept'))
  writeFileSync(configuration, configurationText(port, membersCount, isArchived))
  const server = await startPeerProcess(
    findProgram('erl')!,
    `+K true +P 250000 -mnesia dir "${join(directory, 'kept')}" -s ejabberd -noinput`.split(' '),
    port,
    {
      HOME: directory,
      ERL_LIBS: LIBRARIES.filter(hasEjabberd).join(':'),
      ERL_MAX_PORTS: '32000',
      ERL_CRASH_DUMP: join(directory, 'crash.dump'),
      EJABBERD_CONFIG_PATH: configuration,
      EJABBERD_LOG_PATH: join(directory, 'ejabberd.log'),
      EJABBERD_PID_PATH: join(directory, 'ejabberd.pid'),
    },
  )
  return {
    pid: server.pid,
    script: {
      port,
      messageEnd: MESSAGE_END,
      members: Array.from({ length: membersCount }, (_, index) => joinSteps(index)),
    },
    messages: roomMessages,
    stop: () => server.stop(),
  }
}

function hasEjabberd(path: string): boolean {
  return existsSync(path) && readdirSync(path).some((name) => name.startsWith('ejabberd-'))
}

/** Only what a room needs, no encryption, no limits. */
function configurationText(port: number, membersCount: number, isArchived: boolean): string {
  return `
loglevel: warning
hosts: ["${HOST}"]
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 65536
    backlog: 1024
    shaper: none
    access: all
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
modules:
  mod_muc:
    host: "${ROOMS_HOST}"
    access: all
    access_create: all
    max_users: ${membersCount + 1}
    min_message_interval: 0
    default_room_options:
      mam: ${isArchived}
      max_users: ${membersCount + 1}
      presence_broadcast: [moderator]
${isArchived ? '  mod_mam:\n    default: never\n    db_type: mnesia' : ''}
`
}

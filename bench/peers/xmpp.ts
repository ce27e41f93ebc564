// What the members of a multi-user chat (XEP-0045) write and wait for, the same with ejabberd as
// with Prosody: an anonymous login over plain TCP, then presence in the room.
import { contentOf } from './load-program.ts'
import type { Step } from './load-program.ts'
import { ROOM } from './peer.ts'

export const HOST = 'localhost'
export const ROOMS_HOST = `conference.${HOST}`

/** Ends a delivered message. */
export const MESSAGE_END = '</message>'

const STREAM =
  `<stream:stream to='${HOST}' version='1.0' xmlns='jabber:client' ` +
  "xmlns:stream='http://etherx.jabber.org/streams'>"
const ROOM_ADDRESS = `${ROOM}@${ROOMS_HOST}`

/** The steps of member `index`; the first one owns the room and may say how it is to be. */
export function joinSteps(index: number, ownerSteps: readonly Step[] = []): Step[] {
  return [
    { write: STREAM, wait: '</stream:features>' },
    {
      write: "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>",
      wait: '<success',
    },
    { write: STREAM, wait: '</stream:features>' },
    {
      write:
        "<iq id='bind' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>" +
        "<iq id='session' type='set'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>",
      wait: '</jid>',
    },
    {
      // No history: what was said before a member came is not what is counted.
      write:
        `<presence to='${ROOM_ADDRESS}/member-${index}'>` +
        "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>",
      wait: "code='110'",
    },
    ...(index === 0 ? ownerSteps : []),
  ]
}

/** The owner's wish that only moderators' coming and going is told to all. */
export const QUIET_PRESENCE: Step = {
  write:
    `<iq id='quiet' type='set' to='${ROOM_ADDRESS}'>` +
    "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>" +
    "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>" +
    "<field var='muc#roomconfig_presencebroadcast'><value>moderator</value></field>" +
    '</x></query></iq>',
  wait: "id='quiet'",
}

/** The stanzas that say contentOf(0), contentOf(1)… in the room. */
export function roomMessages(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) =>
      `<message id='${index}' type='groupchat' to='${ROOM_ADDRESS}'>` +
      `<body>${contentOf(index)}</body></message>`,
  )
}

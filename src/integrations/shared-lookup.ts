// Looks up the addresses of hosts, one question at a time for each. Node asks the operating system
// on one of four threads, which all of the process share, and a name service that is away holds a
// thread for many seconds: one destination must not keep all others from being looked up.
import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

type Answered = Parameters<LookupFunction>[2]

/** For agents of HTTP. Whoever asks while the same is being asked waits for its answer. */
export function createSharedLookup(ask: LookupFunction = systemLookup): LookupFunction {
  const waiting = new Map<string, Answered[]>()
  return (hostname, options, answered) => {
    const question = `${hostname} ${JSON.stringify(options)}`
    const others = waiting.get(question)
    if (others !== undefined) {
      others.push(answered)
      return
    }
    const all = [answered]
    waiting.set(question, all)
    ask(hostname, options, (...answer) => {
      waiting.delete(question)
      for (const each of all) each(...answer)
    })
  }
}

// How often the operating system is asked for addresses, whatever many connections want to know.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { expect, test } from 'vitest'
import { createBoundedPost } from './bounded-post.ts'
import { createSharedLookup } from './shared-lookup.ts'

/** A name service that answers when it is told to. */
function heldLookup() {
  const questions: string[] = []
  const answers: (() => void)[] = []
  const ask: LookupFunction = (hostname, { all }, answered) => {
    questions.push(hostname)
    const found = { address: '127.0.0.1', family: 4 }
    answers.push(() => {
      if (all === true) answered(null, [found])
      else answered(null, found.address, found.family)
    })
  }
  const answerAll = () => {
    for (const answer of answers.splice(0)) answer()
  }
  return { questions, answerAll, lookup: createSharedLookup(ask) }
}

const answerEmpty: RequestListener = (request, response) => {
  request.resume().on('end', () => response.end())
}
const options = { all: true } as const
const nobody = () => undefined

test('many who ask for one host are one question, and each has the answer', () => {
  const { questions, answerAll, lookup } = heldLookup()
  const answered: unknown[] = []
  for (const name of ['a', 'b', 'c']) {
    lookup('one.example', options, (error, addresses) => answered.push([name, error, addresses]))
  }
  lookup('two.example', options, nobody)
  expect(questions).toEqual(['one.example', 'two.example'])
  answerAll()
  const addresses = [{ address: '127.0.0.1', family: 4 }]
  expect(answered).toEqual(['a', 'b', 'c'].map((name) => [name, null, addresses]))
})

test('what was answered is asked again, and so is what is asked in another way', () => {
  const { questions, answerAll, lookup } = heldLookup()
  lookup('one.example', options, nobody)
  answerAll()
  lookup('one.example', options, nobody)
  lookup('one.example', { ...options, family: 6 }, nobody)
  expect(questions).toEqual(['one.example', 'one.example', 'one.example'])
})

test('many requests to one host look it up once at a time', async () => {
  const server = createServer(answerEmpty).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { questions, answerAll, lookup } = heldLookup()
  const http = createBoundedPost({ answerBytesMax: 1_000, socketsPerHostMax: 64, lookup })
  const post = () =>
    http.post({
      url: `http://hooks.example:${port}/`,
      headers: {},
      body: '{}',
      signal: new AbortController().signal,
      what: 'it',
      isRead: () => true,
    })
  const posts = Array.from({ length: 20 }, post)
  await new Promise((resolve) => void setImmediate(resolve))
  expect(questions).toEqual(['hooks.example'])
  answerAll()
  expect((await Promise.all(posts)).map(({ status }) => status)).toEqual(posts.map(() => 200))
  http.close()
  server.close()
})

// The least that a signed JSON server must do for each request, on bare node:http: read the body,
// parse it, hash it, make one HMAC, answer JSON. Routes nothing, checks nothing, keeps nothing: the
// yardstick of bench/send.ts. Prints its port and serves until it is ended.
import { createHmac, createSecretKey, hash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// As a signature check does: the derived key is made once and kept as a KeyObject.
const key = createSecretKey(Buffer.alloc(32, 7))

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    const parsed = JSON.parse(body.toString('utf8')) as { readonly ClientRequestToken: string }
    const signature = createHmac('sha256', key)
      .update(hash('sha256', body, 'hex'))
      .digest('hex')
    const answer = JSON.stringify({
      ChannelArn: decodeURIComponent(request.url ?? '').split('/messages')[0],
      MessageId: signature,
      Status: { Value: parsed.ClientRequestToken.length > 0 ? 'SENT' : 'FAILED' },
    })
    response.writeHead(201, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer),
      'x-amzn-requestid': parsed.ClientRequestToken,
    })
    response.end(answer)
  })
})

server.listen(0, '127.0.0.1', () => {
  console.log(String((server.address() as AddressInfo).port))
})

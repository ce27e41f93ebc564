// Which addresses outside this server may be talked to: what is sent there must not be readable on
// the way.

/** Hosts that http may be spoken with: what it carries never leaves the machine. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether `text` is a URL with https, or with http within this machine, and names no user. */
export function isAllowedUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))
}

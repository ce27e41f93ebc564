// The profanity filter of AWS's guide: masks mild words, and denies messages that insult.
import type { Judge } from './processor.ts'

const MASKED = /\b(darn|heck|hell)\b/gi
const DENIED = /\b(idiot|fool)s?\b/i

export const filterProfanity: Judge = ({ Content }) => {
  if (DENIED.test(Content)) return 'deny'
  const masked = Content.replace(MASKED, (word) => '*'.repeat(word.length))
  return masked === Content ? 'accept' : { Content: masked }
}

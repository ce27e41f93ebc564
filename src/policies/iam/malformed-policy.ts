// What a policy document that cannot be accepted is refused with. Not an exception of any API: IAM
// and STS turn it into theirs.

/** What a document quotes of itself may be long, and an answer need not be. */
const TEXT_LENGTH_MAX = 1_000

/** The text names the place in the document and the rule that it breaks. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy'

  /** `place` as in `Statement[2].Condition.StringEquals`; empty for the document as a whole. */
  constructor(place: string, rule: string) {
    const text =
      place === '' ? `The policy ${rule}` : `The policy is malformed at ${place}: it ${rule}`
    super(text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text)
  }
}

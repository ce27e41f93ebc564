// What a policy document that cannot be accepted is refused with. Not an exception of any API: IAM
// and STS turn it into theirs.

/** The text names the place in the document and the rule that it breaks. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy'

  /** `place` as in `Statement[2].Condition.StringEquals`; empty for the document as a whole. */
  constructor(place: string, rule: string) {
    super(place === '' ? `The policy ${rule}` : `The policy is malformed at ${place}: it ${rule}`)
  }
}

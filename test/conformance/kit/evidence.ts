// How sure the rule behind a conformance case is, and how an operation says that it is not done.
// Apart from conformance-case.ts, so that tools can read it without a test runner.

/**
 * How sure the rule is: `model` = the service model, `doc` = AWS's documents, `code` = AWS's own
 * clients, `field` = seen on the live service, `inferred` and `proposed` = our reading of silence.
 */
export const EVIDENCES = ['model', 'doc', 'code', 'field', 'inferred', 'proposed'] as const
export type Evidence = (typeof EVIDENCES)[number]

/** The one case of an operation that later work brings; the compatibility page knows it by this. */
export const NOT_DONE_YET =
  'Given a good request, when it is sent, then 501 says that it is not done yet'
